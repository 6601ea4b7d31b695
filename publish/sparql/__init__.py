"""The SPARQL endpoint.

In: a request of the SPARQL 1.1 Protocol. Out: its response.
`endpoint` answers; `protocol` reads the request; `graph.sparql.guard` may refuse it; `response`
says which query and format that means, and writes errors; `service_description` describes the
endpoint.
"""

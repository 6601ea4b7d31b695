"""What tests share: sites to test on, data to break, and the programs and servers they call."""

/* Makes the query form an editor: Yasqe with our prefixes and words, answers without a new page,
   cancel, and errors where they are. Everything it needs comes from the page: words from the form's
   data attributes, answers from the page that the form leads to. Without it the form works too. */
"use strict";

(() => {
  const form = document.getElementById("query-form");
  const area = form.elements.query;
  const said = form.dataset;
  const lang = document.documentElement.lang;
  const LONGEST_ADDRESS = 6000;
  let terms = [];
  let prefixes = {};
  let running = null;
  let isAskedFor = false;

  // ---- completion: one list of our own words, nothing from elsewhere ---------------------------

  const OF_A_CLASS = ["a", "rdf:type", "rdfs:domain", "rdfs:range", "rdfs:subClassOf"];

  /** The word before the cursor, where it begins, and what may stand there: Thai words are no
      tokens of SPARQL, so the word is cut from the line and the grammar asked what may begin it. */
  function typing(yasqe) {
    const { line, ch } = yasqe.getCursor();
    const word = yasqe.getLine(line).slice(0, ch).match(/[^\s{}()[\];,^|/!+*<>"']*$/)[0];
    const start = ch - word.length;
    const before = yasqe.getRange({ line: 0, ch: 0 }, { line, ch: start });
    const { state } = yasqe.getTokenAt({ line, ch: start }, true);
    const may = state.possibleCurrent || [];
    let wanted = word.length > 1 ? "code" : "";
    if (may.includes("a")) wanted = word || isAskedFor ? "property" : "";
    else if (OF_A_CLASS.includes(state.lastProperty) && may.includes("IRI_REF")) wanted = "class";
    if (/^[?$_@#]/.test(word) || /prefix\s+$/i.test(before) || /[<"'#][^\s>]*$/.test(before)) wanted = "";
    return { word: word.toLowerCase(), start, end: ch, wanted };
  }

  function matching(yasqe) {
    const { word, wanted } = typing(yasqe);
    const fits = (term) => (wanted === "code" ? term.kind !== "property" : term.kind === wanted);
    const rank = (term) => {
      const name = term.name.toLowerCase();
      if (name.startsWith(word) || name.split(":")[1].startsWith(word)) return 1;
      const words = `${term.th || ""} ${term.en || ""}`.toLowerCase();
      return word.length > 2 && words.includes(word) ? 2 : 0;
    };
    if (terms.some((term) => term.name.toLowerCase() === word)) return [];
    return terms.filter((term) => fits(term) && (!word || rank(term)))
      .sort((a, b) => rank(a) - rank(b)).slice(0, 60).map((term) => term.name);
  }

  function draw(element, hint) {
    const term = terms.find((found) => found.name === hint.text);
    const label = document.createElement("span");
    label.className = "hint-label";
    label.textContent = term[lang] || term.th || term.en || "";
    element.append(hint.text, " ", label);
  }

  function teach() {
    const lines = Object.entries(prefixes).map(([name, iri]) => `${name}: <${iri}>`);
    Yasqe.forkAutocompleter("prefixes", {
      name: "our-prefixes", persistenceId: null, get: () => lines,
    }, false);
    Yasqe.registerAutocompleter({
      name: "our-terms", bulk: false, autoShow: true, get: matching,
      isValidCompletionPosition: (yasqe) => typing(yasqe).wanted !== "",
      preProcessToken: (yasqe, token) => {
        const { start, end } = typing(yasqe);
        return { ...token, from: { ch: start }, to: { ch: end } };
      },
      postprocessHints: (_, hints) => hints.map((hint) => ({ ...hint, render: (element) => draw(element, hint) })),
    }, false);
    Yasqe.defaults.autocompleters = [];
  }

  // ---- the editor ------------------------------------------------------------------------------

  // Yasqe's own marks a wrong line with a tooltip that has a style attribute, which the policy of
  // this page forbids, and takes our prefixes for mistakes where the query does not declare them.
  Yasqe.prototype.checkSyntax = function checkSyntax() {
    this.clearGutter("gutterErrorBar");
    this.queryValid = true;
    const mode = this.getMode();
    const state = mode.startState();
    Object.assign(state.prefixes, prefixes);
    for (let line = 0; line < this.lineCount() && this.queryValid; line += 1) {
      const stream = new Yasqe.StringStream(this.getLine(line));
      for (; !stream.eol(); stream.start = stream.pos) mode.token(stream, state);
      this.setOption("queryType", state.queryType);
      this.queryValid = state.OK !== false;
      if (!this.queryValid) this.setGutterMarker(line, "gutterErrorBar", warning(said.wrong));
    }
  };

  function warning(text) {
    const mark = document.createElement("span");
    mark.className = "wrong-line";
    mark.title = text;
    mark.textContent = "!";
    return mark;
  }

  function makeEditor() {
    const holder = document.createElement("div");
    holder.id = "editor";
    const yasqe = new Yasqe(holder, {
      value: area.value,
      autocompleters: ["variables", "our-prefixes", "our-terms"],
      persistenceId: null, consumeShareLink: null, createShareableLink: null,
      showQueryButton: false, prefixCcApi: null, dragDrop: false, viewportMargin: Infinity,
      editorHeight: "22rem", screenReaderLabel: document.getElementById("query-label").textContent,
      requestConfig: { endpoint: form.action },
      extraKeys: {
        "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-S": () => {}, Tab: false, "Shift-Tab": false,
        "Ctrl-Space": (editor) => {
          isAskedFor = true;
          editor.autocomplete();
          isAskedFor = false;
        },
      },
    });
    area.after(holder);
    area.hidden = true;
    area.required = false;
    document.getElementById("query-label").removeAttribute("for");
    document.querySelector(".keys").hidden = false;
    yasqe.on("changes", () => { area.value = yasqe.getValue(); clearMarks(); });
    yasqe.on("update", () => offerScrolling(yasqe));
    yasqe.refresh();
    offerScrolling(yasqe);
    return yasqe;
  }

  /** Let keys reach what is outside the editor's frame, and add no stop where nothing is. */
  function offerScrolling(yasqe) {
    const { width, height, clientWidth, clientHeight } = yasqe.getScrollInfo();
    const scroller = yasqe.getScrollerElement();
    scroller.tabIndex = width > clientWidth || height > clientHeight ? 0 : -1;
    scroller.setAttribute("role", "group");
    scroller.setAttribute("aria-labelledby", "query-label");
  }

  let marks = [];

  function clearMarks() {
    marks.forEach((mark) => mark.clear());
    marks = [];
  }

  function showMistake() {
    const mistake = document.getElementById("mistake");
    if (!mistake || !mistake.dataset.line) return;
    const line = Number(mistake.dataset.line) - 1;
    const ch = Math.max(0, Number(mistake.dataset.column) - 1);
    const token = editor.getTokenAt({ line, ch: ch + 1 });
    const end = Math.max(token.end, ch + 1);
    marks.push(editor.markText({ line, ch }, { line, ch: end }, { className: "mistake-mark" }));
    editor.setGutterMarker(line, "gutterErrorBar", warning(mistake.textContent.trim()));
    editor.setCursor({ line, ch });
    editor.scrollIntoView({ line, ch }, 60);
    editor.focus();
  }

  // ---- asking ----------------------------------------------------------------------------------

  function address() {
    const url = new URL(form.action);
    url.searchParams.set("query", area.value);
    if (form.elements.lang) url.searchParams.set("lang", form.elements.lang.value);
    return url;
  }

  function request(url, signal) {
    const headers = { Accept: "text/html", "Accept-Language": lang };
    if (url.href.length <= LONGEST_ADDRESS) return fetch(url, { headers, signal });
    const body = new URLSearchParams({ query: area.value });
    url.searchParams.delete("query");
    return fetch(url, { method: "POST", headers, body, signal });
  }

  async function run() {
    if (running || !area.value.trim()) return;
    if (form.elements.format.value !== "html") { form.submit(); return; }
    running = new AbortController();
    const url = address();
    const clock = startClock();
    let outcome = "";
    try {
      const response = await request(url, running.signal);
      show(await response.text(), response.headers.get("Content-Type") || "");
      if (url.searchParams.has("query")) window.history.replaceState(null, "", url);
    } catch (error) {
      outcome = error.name === "AbortError" ? said.cancelled : said.failed;
    }
    running = null;
    clock.stop(outcome);
    if (!outcome) showMistake();
  }

  function show(text, type) {
    const old = document.getElementById("answer");
    const found = type.startsWith("text/html")
      ? new DOMParser().parseFromString(text, "text/html").getElementById("answer") : null;
    if (found) {
      old.replaceWith(document.importNode(found, true));
      document.getElementById("result").scrollIntoView({ block: "nearest" });
      offerCopy();
      return;
    }
    const told = document.createElement("pre");
    told.className = "mistake";
    told.setAttribute("role", "alert");
    told.textContent = text;
    old.replaceChildren(told);
  }

  function startClock() {
    const status = document.getElementById("status");
    const buttons = { run: document.getElementById("run"), cancel: document.getElementById("cancel") };
    const began = Date.now();
    const tell = () => { status.textContent = said.running.replace("{s}", Math.round((Date.now() - began) / 1000)); };
    const timer = window.setInterval(tell, 1000);
    buttons.run.disabled = true;
    buttons.cancel.hidden = false;
    document.getElementById("answer").setAttribute("aria-busy", "true");
    tell();
    return {
      stop(outcome) {
        window.clearInterval(timer);
        buttons.run.disabled = false;
        buttons.cancel.hidden = true;
        const count = document.querySelector("#answer h2 .count");
        status.textContent = outcome || (count ? count.textContent : "");
        document.getElementById("answer").removeAttribute("aria-busy");
      },
    };
  }

  function offerCopy() {
    const link = document.querySelector("#answer .address");
    if (!link || !navigator.clipboard) return;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      navigator.clipboard.writeText(link.href).then(() => {
        document.getElementById("status").textContent = said.copied;
      }, () => { window.location.assign(link.href); });
    });
  }

  // ---- beginning -------------------------------------------------------------------------------

  let editor = null;
  fetch(said.terms).then((response) => response.json()).catch(() => ({ terms: [], prefixes: {} }))
    .then((found) => {
      ({ terms, prefixes } = found);
      teach();
      editor = makeEditor();
      showMistake();
      offerCopy();
      document.getElementById("cancel").addEventListener("click", () => running && running.abort());
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        run();
      });
    });
})();

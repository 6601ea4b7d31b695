// Suggestions as one types, added to each search form: the editable combobox with list autocomplete
// of the WAI-ARIA Authoring Practices. Without this script the form is a form.
"use strict";

const WAIT_MS = 120;
const LEAST_LETTERS = 1;

for (const form of document.querySelectorAll("form[data-suggest]")) suggest(form);

function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  form.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let timer = 0;
  let asked = null; // the request under way
  let typed = ""; // what the list on show is about
  let chosen = -1;

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(place) {
    chosen = place;
    for (const [at, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(at === place));
    }
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[place].id);
  }

  function show([words, names, kinds, addresses]) {
    typed = words;
    list.replaceChildren(...names.map((name, at) => option(name, kinds[at], addresses[at], at)));
    list.hidden = names.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  }

  function option(name, kind, address, at) {
    const item = document.createElement("li");
    item.id = `${list.id}-${at}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.path = new URL(address).pathname;
    const words = document.createElement("span");
    words.textContent = name;
    const note = document.createElement("span");
    note.className = "note";
    note.textContent = kind;
    item.append(words, note);
    return item;
  }

  async function ask() {
    const words = input.value.trim();
    if (words.length < LEAST_LETTERS) return close();
    asked?.abort();
    asked = new AbortController();
    const address = new URL(form.dataset.suggest, location.href);
    address.searchParams.set("q", words);
    address.searchParams.set("lang", document.documentElement.lang);
    try {
      const response = await fetch(address, { signal: asked.signal });
      if (response.ok && input.value.trim() === words && document.activeElement === input) {
        show(await response.json());
      }
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function follow(item) {
    const address = new URL(item.dataset.path, location.href);
    const lang = form.querySelector("input[name=lang]");
    if (lang) address.searchParams.set("lang", lang.value);
    location.assign(address);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });

  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden && input.value.trim() === typed && count) {
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
      }
      if (list.hidden) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: the input itself.
      choose(((chosen + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      follow(list.children[chosen]);
    }
  });

  input.addEventListener("blur", () => setTimeout(close, 0));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) follow(item);
  });
}

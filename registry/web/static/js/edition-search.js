// The search of a static edition: the registry's own terms (registry/search/rules.py), read from JSON files.
const place = document.querySelector("[data-edition-search]");
const { root, language } = place.dataset;
const folder = `${root}search/index/`;
const told = new Map();

function json(name) {
  if (!told.has(name)) {
    told.set(name, fetch(folder + name).then((answer) => {
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return answer.json();
    }));
  }
  return told.get(name);
}

const isAccent = (character) => /\p{Mn}/u.test(character) && (character < "\u0900" || /[\u3099\u309a]/.test(character));

class Words {
  constructor(rules) {
    this.rules = rules;
    this.folded = new Map(Object.entries(rules.folded));
    this.isUnspaced = new RegExp(`^[${rules.unspaced}]`, "u");
    this.run = new RegExp(`[${rules.unspaced}]+|(?:(?![${rules.unspaced}])[\\p{L}\\p{N}])+`, "gu");
  }

  foldOne(character) {
    const known = this.folded.get(character);
    if (known !== undefined) return known;
    return [...character.normalize("NFKD").toLowerCase()].filter((one) => !isAccent(one)).join("").normalize("NFC");
  }

  fold(text) {
    return [...text].map((character) => this.foldOne(character)).join("");
  }

  // The phrases of a query: terms that stand side by side, of which a prefix may be the beginning of a longer one.
  phrases(query) {
    const asked = [...query].slice(0, this.rules.longest_query).join("");
    const runs = new Set(this.fold(asked).match(this.run) ?? []);
    return [...runs].slice(0, this.rules.most_phrases).map((run) => {
      const letters = [...run];
      if (!this.isUnspaced.test(run)) {
        const word = letters.slice(0, this.rules.longest_word).join("");
        return { run, terms: [word], isPrefix: letters.length >= this.rules.shortest_word };
      }
      if (letters.length === 1) return { run, terms: letters, isPrefix: true };
      return { run, terms: letters.slice(1).map((letter, at) => letters[at] + letter), isPrefix: false };
    });
  }

  shardOf(term) {
    const [first, second] = [...term].map((letter) => letter.codePointAt(0));
    return (first * 31 + (second === undefined || this.isUnspaced.test(term) ? 0 : second)) % this.rules.shards;
  }

  // A text as pieces, each with whether the query found it.
  pieces(text, phrases) {
    const letters = [...text];
    const origin = [];
    let folded = "";
    letters.forEach((letter, at) => {
      const plain = this.foldOne(letter);
      for (let unit = 0; unit < plain.length; unit++) origin.push(at);
      folded += plain;
    });
    const isHit = new Array(letters.length).fill(false);
    for (const { run } of phrases) {
      for (let at = folded.indexOf(run); at >= 0; at = folded.indexOf(run, at + 1)) {
        const isInside = !this.isUnspaced.test(run) && at > 0 && /[\p{L}\p{N}]$/u.test(folded.slice(0, at))
          && !this.isUnspaced.test(folded[at - 1]);
        if (!isInside) isHit.fill(true, origin[at], origin[at + run.length - 1] + 1);
      }
    }
    const pieces = [];
    letters.forEach((letter, at) => {
      if (at > 0 && isHit[at] === isHit[at - 1]) pieces.at(-1)[0] += letter;
      else pieces.push([letter, isHit[at]]);
    });
    return pieces;
  }
}

// Where a term stands: for each record the places, from every longer term too where it is a prefix.
async function placesOf(words, term, isPrefix) {
  const shard = await json(`terms-${words.shardOf(term)}.json`);
  const terms = isPrefix ? Object.keys(shard).filter((one) => one.startsWith(term)) : [term];
  const found = new Map();
  for (const one of terms) {
    if (!Object.hasOwn(shard, one)) continue;
    for (const [record, ...places] of shard[one]) {
      found.set(record, found.has(record) ? new Set([...found.get(record), ...places]) : new Set(places));
    }
  }
  return found;
}

// The records that hold a phrase, each with whether its names do.
async function recordsWith(words, { terms, isPrefix }) {
  const places = await Promise.all(terms.map((term) => placesOf(words, term, isPrefix)));
  const [first, ...others] = places;
  const found = new Map();
  for (const [record, starts] of first) {
    const standing = [...starts].filter((start) => others.every((other, at) => other.get(record)?.has(start + at + 1)));
    if (standing.length) found.set(record, standing.some((start) => start < words.rules.in_text));
  }
  return found;
}

// Numbers of the records that hold every phrase: those that are named so first, then by their weight.
async function search(words, phrases) {
  const [first, ...others] = await Promise.all(phrases.map((phrase) => recordsWith(words, phrase)));
  const all = [...first.keys()].filter((record) => others.every((other) => other.has(record)));
  const isNamedSo = (record) => [first, ...others].every((found) => found.get(record));
  return all.map((record) => [isNamedSo(record) ? 0 : 1, record]).sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([, record]) => record);
}

async function rowOf(words, record) {
  const size = words.rules.records_a_file;
  return (await json(`records-${language}-${Math.floor(record / size)}.json`))[record % size];
}

const part = (name) => place.querySelector(`[data-${name}]`);

function show(element, pieces) {
  element.replaceChildren(...pieces.map(([text, isHit]) => {
    if (!isHit) return text;
    const mark = document.createElement("mark");
    mark.textContent = text;
    return mark;
  }));
}

function drawn(words, phrases, [kind, file, title, others, day, text]) {
  const result = part("result").content.cloneNode(true);
  const at = (name) => result.querySelector(`[data-${name}]`);
  at("kind-name").textContent = [place.querySelector(`[data-kind="${kind}"]`)?.dataset.one, day && dayOf(day)].filter(Boolean).join(" · ");
  at("link").href = root + file.split("/").map(encodeURIComponent).join("/");
  show(at("link"), words.pieces(title, phrases));
  show(at("others"), words.pieces(others, phrases));
  show(at("text"), words.pieces(text, phrases));
  return result;
}

function dayOf(day) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(day));
}

function say(name, number) {
  part("told").textContent = place.dataset[name].replace("%(num)s", new Intl.NumberFormat(language).format(number));
}

const PAGE = 24;

async function answer() {
  const asked = new URLSearchParams(location.search);
  const query = (asked.get("q") ?? "").trim();
  for (const field of document.querySelectorAll('input[name="q"]')) field.value = query;
  if (!query) return;
  part("answer").hidden = false;
  part("lists").hidden = true;
  say("searching", 0);
  const words = new Words(await json("index.json"));
  const phrases = words.phrases(query);
  const found = phrases.length ? await search(words, phrases) : [];
  const rows = await Promise.all(found.map((record) => rowOf(words, record)));
  const kinds = new Map();
  for (const [kind] of rows) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  drawKinds(query, asked.get("kind"), kinds);
  const chosen = rows.filter(([kind]) => !asked.get("kind") || kind === asked.get("kind"));
  say(chosen.length === 0 ? "none" : chosen.length === 1 ? "one" : "many", chosen.length);
  part("lists").hidden = chosen.length > 0;
  drawMore(words, phrases, chosen);
}

function drawMore(words, phrases, rows) {
  const button = part("more");
  let start = 0;
  const next = () => {
    part("results").append(...rows.slice(start, start + PAGE).map((row) => drawn(words, phrases, row)));
    start += PAGE;
    button.hidden = start >= rows.length;
  };
  button.addEventListener("click", next);
  next();
}

function drawKinds(query, chosen, counts) {
  for (const link of place.querySelectorAll("[data-kind]")) {
    const { kind } = link.dataset;
    link.closest("li").hidden = kind !== "" && !counts.has(kind);
    link.search = new URLSearchParams(kind ? { q: query, kind } : { q: query });
    if (kind === (chosen ?? "")) link.setAttribute("aria-current", "true");
    const count = link.querySelector("[data-count]");
    if (count) count.textContent = new Intl.NumberFormat(language).format(counts.get(kind) ?? 0);
  }
  part("kinds").hidden = counts.size === 0;
}

answer().catch((error) => {
  say("broken", 0);
  part("lists").hidden = false;
  throw error;
});

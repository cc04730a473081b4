// Says below a text how many words it has, as the server counts them: each Chinese character is one. Texts stand in
// <div data-counts-words="150" data-words="%(count)s of %(most)s words">.
const han = "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u3040-\\u30ff\\u3105-\\u312f\\u{20000}-\\u{3ffff}";
const letter = `(?:(?![${han}])[\\p{L}\\p{N}\\p{M}])`;
const word = new RegExp(`[${han}]|${letter}(?:${letter}|['’.\\-](?=[\\p{L}\\p{N}_]))*`, "gu");

for (const place of document.querySelectorAll("[data-counts-words]")) {
  const text = place.querySelector("textarea");
  const counted = document.createElement("p");
  counted.className = "form__hint";
  const most = Number(place.dataset.countsWords);
  const show = () => {
    const count = (text.value.match(word) ?? []).length;
    counted.textContent = place.dataset.words.replace("%(count)s", count).replace("%(most)s", most);
    counted.classList.toggle("form__wrong", count > most);
  };
  text.addEventListener("input", show);
  place.append(counted);
  show();
}

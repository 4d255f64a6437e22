// How many characters a person sees in a text, once the service has mended it: as `typed_text.py`
// and `text_length.py` count them.

import { rules, sets } from "../python/suport/domain/unseen_characters.json";

const filledIn = (pattern = "") =>
  Object.entries(sets).reduce((text, [name, set]) => text.replaceAll(`<${name}>`, set), pattern);

// Safari before 16.4 does not look behind a character: there, nothing is mended before it counts.
function compiled() {
  try {
    return rules.map(({ find, put, within }) => {
      const found = new RegExp(filledIn(find), "gu");
      const parts = within && new RegExp(filledIn(within), "gmu");
      const mend = (text) => text.replace(found, put);
      return parts ? (text) => text.replace(parts, mend) : mend;
    });
  } catch {
    return [];
  }
}
const mends = compiled();
const unseen = new RegExp(`^[\\s\\p{Cf}\\p{M}${sets.filler}]*$`, "u");
const segmenter = Intl.Segmenter && new Intl.Segmenter("en", { granularity: "grapheme" });

export function counted(typed) {
  const whole = mends.reduce((mended, mend) => mend(mended), typed).normalize();
  const inner = whole.trim();
  const before = inner.includes("\n") ? whole.slice(0, whole.indexOf(inner)) : "";
  const text = before.split("\n").pop() + inner;
  if (unseen.test(text)) return 0;
  return [...(segmenter ? segmenter.segment(text) : text)].length;
}

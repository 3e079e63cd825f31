/**
 * Text -> tokens, as scikit-learn's vectorizers do with `analyzer="word"`.
 *
 * Python's `str.lower` and the `\w` of its `re` are those of Unicode, and so are JavaScript's `toLowerCase` and `\p{L}`,
 * `\p{N}`: compared for every character, from Python 3.6 to 3.13 (docs/decisions/004-text-is-tokenised-by-the-encoder.md).
 * ONNX Runtime lower-cases by the locale of the machine, and knows neither a final sigma nor a dotted I. So text
 * is tokenised where rows are encoded, and the graph is given tokens with spaces between, which no token contains.
 */

/** How a column of text is tokenised. */
export interface Tokenizer {
  /** Whether the text is lower-cased first. */
  readonly lowercase: boolean;
  /** Characters that a token has at least: runs of letters, digits and underscores that are shorter are left out. */
  readonly shortest: number;
  /** Tokens that are left out. */
  readonly stopWords?: readonly string[];
}

/**
 * Letters and digits that Unicode has got since version 9, up to version 17, as hexadecimal ranges. To Python they are
 * letters or not, depending on its own version, which no model file tells.
 */
const LATER_LETTERS = `
560 588 5EF 860-887 889-88F 8B5 8BE-8C9 9FC C5C-C5D CDC-CDD D04 E86 E89 E8C E8E-E93 E98 EA0 EA8-EA9 EAC 170D
171F 1878 1B4C 1C89-1CBF 1CF2-1CF3 1CFA 2C2F 2C5F 312E-312F 31BB-31BF 4DB6-4DBF 9FD6-9FFF A7AF A7B8-A7F6 A8FE
AB66-AB69 1032D-1032F 10570-105F3 10780-107BA 10940-10959 10A34-10A35 10A48 10D00-10D23 10D30-10D65
10D6F-10D85 10E80-10EA9 10EB0-10EC7 10F00-10F45 10F51-10F54 10F70-10F81 10FB0-10FF6 11071-11072 11075 11144
11147 1123F-11240 11380-113B7 113D1 113D3 1145F-11461 116B8 116D0-116E3 1171A 11740-1182B 11900-1192F 1193F
11941 11950-119D0 119E1 119E3 11A00 11A0B-11A32 11A3A 11A50 11A5C-11A89 11A9D 11AB0-11ABF 11BC0-11BE0
11BF0-11BF9 11D00-11D30 11D46 11D50-11D89 11D98-11DE9 11EE0-11EF2 11F02 11F04-11F33 11F50-11F59 11FB0-11FD4
12F90-12FF0 1342F 13441-13446 13460-143FA 16100-1611D 16130-16139 16A70-16AC9 16D40-16D6C 16D70-16E96
16EA0-16ED3 16F45-16F4A 16FE1 16FE3 16FF2-16FF6 187ED-187FF 18AF3-18DF2 1AFF0-1AFFE 1B002-1B2FB 1CCF0-1CCF9
1D2C0-1D2F3 1D372-1D378 1DF00-1DF2A 1E030-1E06D 1E100-1E12C 1E137-1E14E 1E290-1E2AD 1E2C0-1E2EB 1E2F0-1E2F9
1E4D0-1E4EB 1E4F0-1E4F9 1E5D0-1E5ED 1E5F0-1E5FA 1E6C0-1E6E2 1E6E4-1E6E5 1E6E7-1E6ED 1E6F0-1E6F4 1E6FE-1E6FF
1E7E0-1E7FE 1E94B 1EC71-1ECAB 1ECAD-1ECAF 1ECB1-1ED2D 1ED2F-1ED3D 1FBF0-1FBF9 2A6D7-2A6DF 2B735-2B73F
2CEA2-2EE5D 30000-33479
`;

/**
 * Characters that some releases of Python take for part of a word when they ask whether a capital sigma ends it, and
 * others do not.
 */
const BESIDE_SIGMA = `
295 55F 7FD 888 890-891 897-89F 8CA-8D3 9FE AFA-AFF B55 C04 C3C D00 D3B-D3C D81 EBA ECE 10D0-10FA 10FD-10FF
1734 180F 1ABF-1ADD 1AE0-1AEB 1DF6-1DFA A82C A8FF A9BD AB6A-AB6B FBC2 10D24-10D27 10D69-10D6D 10EAB-10EAC
10EFA-10EFF 10F46-10F50 10F82-10F85 11070 11073-11074 110C2 110CD 111C9 111CF 11241 1133B 113BB-113C0 113CE
113D0 113D2 113E1-113E2 1145E 1171E 1182F-11837 11839-1183A 1193B-1193C 1193E 11943 119D4-119D7 119DA-119DB
119E0 11A01-11A0A 11A33-11A38 11A3B-11A3E 11A47 11A51-11A56 11A59-11A5B 11A8A-11A96 11A98-11A99 11B60
11B62-11B64 11B66 11D31-11D36 11D3A 11D3C-11D3D 11D3F-11D45 11D47 11D90-11D91 11D95 11D97 11EF3-11EF4
11F00-11F01 11F36-11F3A 11F40 11F42 11F5A 13430-13440 13447-13455 1611E-16129 1612D-1612F 16F4F 16FE4
1CF00-1CF2D 1CF30-1CF46 1E08F 1E130-1E136 1E2AE 1E2EC-1E2EF 1E4EC-1E4EF 1E5EE-1E5EF 1E6E3 1E6E6 1E6EE-1E6EF
1E6F5
`;

/**
 * What `tokensOf` refuses, as insides of character classes of regular expressions that know Unicode: the characters
 * themselves, which every language writes alike. Texts with one of `letters`, and where they are lower-cased those with a
 * capital sigma and one of `besideSigma`.
 */
export const REFUSED = { letters: insideOfClass(LATER_LETTERS), besideSigma: insideOfClass(BESIDE_SIGMA) };

const LATER = new RegExp(`[${REFUSED.letters}]`, 'u');
const UNSURE_OF_SIGMA = new RegExp(`[${REFUSED.besideSigma}]`, 'u');

/** @param ranges hexadecimal, none of a character that means something there */
function insideOfClass(ranges: string): string {
  const character = (code: string) => String.fromCodePoint(Number.parseInt(code, 16));
  return ranges
    .trim()
    .split(/\s+/)
    .map((range) => range.split('-').map(character).join('-'))
    .join('');
}

/** Most text has no character from the first of them on, which is sooner seen. */
const MAY_BE_LATER = /[\u0560-\uffff]/;

const WORD = /[\p{L}\p{N}_]+/gu;

/** The stop words of a tokenizer, made once: a list would be searched for every token. */
const known = new WeakMap<Tokenizer, ReadonlySet<string>>();

/**
 * The tokens of a text, in their order, with spaces between.
 *
 * @returns undefined for a text that releases of Python split, or lower-case, in different ways
 */
export function tokensOf(text: string, tokenizer: Tokenizer): string | undefined {
  if (MAY_BE_LATER.test(text) && LATER.test(text)) return undefined;
  if (tokenizer.lowercase && text.includes('Σ') && UNSURE_OF_SIGMA.test(text)) return undefined;
  const words = (tokenizer.lowercase ? text.toLowerCase() : text).match(WORD) ?? [];
  const stopWords = stopWordsOf(tokenizer);
  return words.filter((word) => hasCharacters(word, tokenizer.shortest) && !stopWords.has(word)).join(' ');
}

function stopWordsOf(tokenizer: Tokenizer): ReadonlySet<string> {
  let words = known.get(tokenizer);
  if (!words) {
    words = new Set(tokenizer.stopWords);
    known.set(tokenizer, words);
  }
  return words;
}

/** Whether a word has at least so many characters, of which those beyond U+FFFF are two of JavaScript's. */
function hasCharacters(word: string, count: number): boolean {
  return word.length >= 2 * count || (word.length >= count && [...word].length >= count);
}

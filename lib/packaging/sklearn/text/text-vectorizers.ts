/**
 * `sklearn.feature_extraction.text`: how often each term of a vocabulary is in a text.
 *
 * The text becomes tokens where rows are encoded (lib/model/rows/tokens.ts); the graph counts terms of one or several of them.
 */
import { MISSING_TEXT } from '../../../model/rows/signature';
import type { Tokenizer } from '../../../model/rows/tokens';
import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import type { FeatureColumn } from '../../estimator/feature-column';
import { BOUNDED, type Features, numericFeatures } from '../../estimator/features';
import { memberIn } from '../../estimator/members';
import { limitNumbers } from '../../estimator/parameters';
import { Global, PyTuple, type PyValue } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { ENGLISH_STOP_WORDS } from './english-stop-words';

const COUNTS: Reader = {
  reads: [
    'input',
    'analyzer',
    'preprocessor',
    'tokenizer',
    'strip_accents',
    'lowercase',
    'token_pattern',
    'stop_words',
    'ngram_range',
    'vocabulary_',
    'binary',
    'dtype',
  ],
};

/** The length of the shortest token, by the patterns whose tokens are runs of letters, digits and underscores. */
const SHORTEST: ReadonlyMap<PyValue | undefined, number> = new Map([
  ['\\b\\w\\w+\\b', 2],
  ['\\w\\w+', 2],
  ['\\w{2,}', 2],
  ['\\b\\w+\\b', 1],
  ['\\w+', 1],
  ['\\w{1,}', 1],
]);

/** Tokens of a term that are converted. */
const LONGEST_TERM = 10;

/** A count, or what is computed of one: never negative. */
const COUNT: FeatureColumn = { ...BOUNDED, requireAbove: (minimum) => minimum < 0 };

function tokenizerOf(vectorizer: Estimator): Tokenizer {
  const remedy = 'do that before the request is sent, and fit the model on the texts that result';
  vectorizer.option('input', ['content'], 'give it the texts themselves');
  vectorizer.option('analyzer', ['word'], "use 'word', or an ONNX file of another exporter");
  vectorizer.option('preprocessor', [null], remedy);
  vectorizer.option('tokenizer', [null], remedy);
  vectorizer.option('strip_accents', [null], remedy);
  const pattern = vectorizer.fitted('token_pattern');
  const shortest = SHORTEST.get(typeof pattern === 'string' ? pattern.replace(/^\(\?u\)/, '') : pattern);
  if (shortest === undefined) {
    throw vectorizer.unsupported(
      `(${vectorizer.className}) has token_pattern=${String(pattern).slice(0, 40)}, which is not converted; use the usual one, or ${[...SHORTEST.keys()].slice(-3).join(', ')}`,
    );
  }
  const stopWords = stopWordsOf(vectorizer);
  return { lowercase: vectorizer.boolean('lowercase'), shortest, ...(stopWords.length > 0 && { stopWords }) };
}

function stopWordsOf(vectorizer: Estimator): readonly string[] {
  const given = vectorizer.get('stop_words') ?? null;
  if (given === null) return [];
  if (given === 'english') return ENGLISH_STOP_WORDS;
  const words: PyValue[] = given instanceof Set ? [...given] : given instanceof PyTuple ? [...given.items] : [given];
  const list = Array.isArray(given) ? given : words;
  if (list.every((word) => typeof word === 'string')) return [...list].sort();
  throw vectorizer.unsupported(`(${vectorizer.className}) has stop words that are not a list of texts`);
}

/** Least and most tokens of a term. */
function termLengths(vectorizer: Estimator): readonly [number, number] {
  const [least, most] = vectorizer.list('ngram_range');
  if (typeof least !== 'number' || typeof most !== 'number' || !(least >= 1 && most >= least)) {
    throw vectorizer.damaged('ngram_range is not two numbers');
  }
  if (most > LONGEST_TERM) {
    throw vectorizer.unsupported(
      `(${vectorizer.className}) has terms of ${most} tokens; up to ${LONGEST_TERM} are converted`,
    );
  }
  return [least, most];
}

/** The terms in the order of their columns. */
function vocabularyOf(vectorizer: Estimator): readonly string[] {
  const vocabulary = vectorizer.fitted('vocabulary_');
  if (!(vocabulary instanceof Map) || vocabulary.size === 0) throw vectorizer.damaged('vocabulary_ is not a dict');
  limitNumbers(vectorizer, vocabulary.size);
  const terms = new Array<string | undefined>(vocabulary.size).fill(undefined);
  for (const [term, index] of vocabulary) {
    if (typeof term !== 'string' || typeof index !== 'number' || !(index in terms) || terms[index] !== undefined) {
      throw vectorizer.damaged('vocabulary_ does not number its terms');
    }
    terms[index] = term;
  }
  return terms as string[];
}

/** How often each term is among the tokens. @param tokens shape `[rows, 1]`; the result is `[rows, terms]` */
function countsOf(graph: GraphBuilder, vectorizer: Estimator, tokens: Value<'string'>): Value<'float64'> {
  const [least, most] = termLengths(vectorizer);
  const byLength: { readonly tokens: readonly string[]; readonly column: number }[][] = [];
  vocabularyOf(vectorizer).forEach((term, column) => {
    const parts = term.split(' ');
    // a vocabulary that was given may have terms that no text can have; their columns stay 0
    const possible = parts.length >= least && parts.length <= most && !parts.includes('');
    const found = possible ? parts : new Array<string>(least).fill(`${MISSING_TEXT}${column}`);
    (byLength[found.length - 1] ??= []).push({ tokens: found, column });
  });
  const lengths = Array.from({ length: most }, (_, i) => byLength[i] ?? []);
  const starts: number[] = [];
  let pooled = 0;
  lengths.forEach((terms, i) => {
    starts.push(pooled);
    pooled += terms.length * (i + 1);
  });
  const terms = lengths.flat();
  const counts = graph.node('TfIdfVectorizer', [graph.split(graph.reshape(tokens, [-1]))], 'float32', {
    mode: 'TF',
    min_gram_length: least,
    max_gram_length: most,
    max_skip_count: 0,
    ngram_counts: starts,
    ngram_indexes: terms.map(({ column }) => column),
    pool_strings: { texts: terms.flatMap((term) => term.tokens) },
  });
  return graph.cast(counts, 'float64');
}

/** Counts are whole numbers of whatever type; what comes after would compute in float32 if they were. */
function requireDouble(vectorizer: Estimator): void {
  const dtype = vectorizer.fitted('dtype');
  const name = dtype instanceof Global ? dtype.name : dtype;
  if (name === 'int64' || name === 'float64' || name === 'int' || name === 'float') return;
  throw vectorizer.unsupported(
    `(${vectorizer.className}) has dtype=${typeof name === 'string' ? name : 'an object'}, which is not converted; use float64`,
  );
}

function count(graph: GraphBuilder, fitted: Estimator, input: Features): Features {
  const vectorizer = fitted.readBy(COUNTS);
  const [column] = input.columns;
  const tokens = input.mixed?.tokens;
  if (input.columns.length !== 1 || !column || !tokens) {
    throw vectorizer.unsupported(
      `(${vectorizer.className}) must be given one column of text as it is in the request; name that column alone, as in ("words", CountVectorizer(), "column")`,
    );
  }
  requireDouble(vectorizer);
  column.refuseMissing();
  if (!column.tokenise(tokenizerOf(vectorizer))) {
    throw vectorizer.unsupported(
      `(${vectorizer.className}) splits "${column.name}" into words otherwise than another estimator does; give both the same lowercase, token_pattern and stop_words, or a column of its own to each`,
    );
  }
  const counts = countsOf(graph, vectorizer, tokens);
  const binary = vectorizer.boolean('binary');
  const value = binary ? graph.cast(graph.greater(counts, graph.doubles([0])), 'float64') : counts;
  const width = vocabularyOf(vectorizer).length;
  return numericFeatures(value, new Array<FeatureColumn>(width).fill(COUNT), true);
}

export const countVectorizer: Converter = {
  classNames: ['sklearn.feature_extraction.text.CountVectorizer'],
  reads: [],
  trainedOn: () => ({ width: 1 }),
  inputTypes: () => ['tokens'],
  transform: (vectorizer, input, { graph }) => count(graph, vectorizer, input),
};

export const tfidfVectorizer: Converter = {
  classNames: ['sklearn.feature_extraction.text.TfidfVectorizer'],
  reads: ['_tfidf'],
  trainedOn: () => ({ width: 1 }),
  inputTypes: () => ['tokens'],

  transform(vectorizer, input, conversion) {
    return conversion.transform(memberIn(vectorizer, '_tfidf'), count(conversion.graph, vectorizer, input));
  },
};

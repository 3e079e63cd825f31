/** Text. Each export is a converter, and the registry has them all. */
export { countVectorizer, tfidfVectorizer } from './text-vectorizers';
export { tfidfTransformer } from './tfidf-transformer';

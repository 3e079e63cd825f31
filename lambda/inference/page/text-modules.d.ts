/** Files that the bundle holds as text: what a browser gets. */
declare module '*.css' {
  const text: string;
  export default text;
}

declare module '*.browser.js' {
  const text: string;
  export default text;
}

/**
 * What the proofs use of playwright-core. It has types of its own, and is not there when the sources are checked: see
 * `package.json` beside this file.
 */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Locator {
  first(): Locator;
  waitFor(): Promise<void>;
  click(): Promise<void>;
  fill(text: string): Promise<void>;
  focus(): Promise<void>;
  press(key: string): Promise<void>;
  pressSequentially(text: string): Promise<void>;
  textContent(): Promise<string | null>;
  innerText(): Promise<string>;
  getAttribute(name: string): Promise<string | null>;
  boundingBox(): Promise<Box | null>;
}

interface Events {
  readonly pageerror: Error;
  readonly console: { type(): string; text(): string };
  readonly request: { url(): string };
}

export interface Page {
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  on<E extends keyof Events>(event: E, told: (what: Events[E]) => unknown): unknown;
  goto(url: string): Promise<unknown>;
  addScriptTag(script: { readonly path: string }): Promise<unknown>;
  url(): string;
  content(): Promise<string>;
  evaluate(code: string | (() => unknown)): Promise<unknown>;
  getByRole(role: 'button', options: { readonly name: string }): Locator;
  getByLabel(text: string, options?: { readonly exact: boolean }): Locator;
  getByText(text: string): Locator;
  locator(selector: string): Locator;
  screenshot(options: { readonly path: string; readonly fullPage: boolean }): Promise<unknown>;
  waitForLoadState(state: 'networkidle'): Promise<void>;
  waitForFunction(code: string): Promise<unknown>;
  waitForURL(pattern: RegExp): Promise<void>;
  close(): Promise<void>;
}

export interface ContextOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'dark' | 'light';
  readonly reducedMotion?: 'reduce';
  readonly timezoneId?: string;
}

interface Context {
  newPage(): Promise<Page>;
  newCDPSession(page: Page): Promise<{
    send(method: 'Page.captureScreenshot', options: object): Promise<{ readonly data: string }>;
  }>;
  close(): Promise<void>;
}

export interface Browser {
  newPage(): Promise<Page>;
  newContext(options: ContextOptions): Promise<Context>;
  close(): Promise<void>;
}

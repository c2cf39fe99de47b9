// What the build writes into the page; see scripts/build_site.py.

export interface Site {
  /** The site's own path, which begins and ends with a slash; all others are relative to it. */
  home: string;
  stlite: string;
  live: string;
  plotly: string;
  katex: string;
  early: string;
  packages: string[];
  /** Where the modules beside this file are. */
  own: string;
  /** The face of the text, and the modules that are asked for before they are imported. */
  font: string;
  modules: string[];
  /** How the style sheet of Streamlit is checked, where it comes from another host. */
  style: Record<string, string>;
  config: Record<string, string | number | boolean>;
  pages: string[];
  /** How much of a link is read. */
  link: Limits;
  /** Whether the page stands for one that the host does not have. */
  missing: boolean;
  /** How far Python is, which the page keeps up to date. */
  python: "loading" | "failed" | "there";
}

/** The longest query that Streamlit reads; and the fields that any page has, which are kept of a longer one. */
export interface Limits {
  characters: number;
  fields: number;
  known: string[];
}

/** Streamlit on Pyodide, as its mount gives it. */
export interface App {
  _kernel: EventTarget & {
    sendHttpRequest: (request: { method: string; path: string; headers: Record<string, string>; body: string }) =>
      Promise<{ statusCode: number; headers: Headers; body: BodyInit }>;
  };
}

declare global {
  interface Window {
    lrvizSite: Site;
  }
}

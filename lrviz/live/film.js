// The film of a run.

export function mountFilm() {
  return undefined;
}

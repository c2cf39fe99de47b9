// Sentences made from the numbers, by the tables of lrviz/text/sentence.py.

import { plain } from "./expression.js";
import { fill } from "./numbers.js";

/** @import { Conditions, Read, SentenceTable } from "./types.d.ts" */

/**
 * Whether all conditions hold of these numbers.
 * @param {Conditions} conditions @param {Read} read
 */
export const holds = (conditions, read) => Object.entries(conditions).every(([key, [low, high]]) => {
  const x = plain(read(key));
  return (low === null || x >= low) && (high === null || x <= high);
});

/**
 * Of each table the first line whose conditions hold.
 * @param {SentenceTable[]} tables @param {Read} read
 */
export function say(tables, read) {
  return tables.map((table) => {
    const line = table.find(([when]) => holds(when, read));
    return line ? fill(line[1], read) : "";
  }).join("");
}

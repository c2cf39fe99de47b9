// Sentences made from the numbers, by the tables of lrviz/text/sentence.py.

import { plain } from "./expression.js";
import { fill } from "./numbers.js";

/** @import { Read, SentenceTable } from "./types.d.ts" */

/**
 * Of each table the first line whose conditions hold.
 * @param {SentenceTable[]} tables @param {Read} read
 */
export function say(tables, read) {
  return tables.map((table) => {
    const line = table.find(([when]) => Object.entries(when).every(([key, [low, high]]) => {
      const x = plain(read(key));
      return (low === null || x >= low) && (high === null || x <= high);
    }));
    return line ? fill(line[1], read) : "";
  }).join("");
}

import { SaxesParser } from "saxes";

const MAX_DEPTH = 64;
/** XML 1.0 has no way to say these, and runners write them all the same: colours in messages above all. */
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

export interface XmlReader {
  open(name: string, attributes: ReadonlyMap<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Reads XML written by somebody who may mean harm; returns what is wrong with it, undefined when nothing is. What came before a fault has been
 * told. There is no document type, hence no entity but the five of XML itself, nothing is fetched, and depth is bounded; the parser (saxes) does
 * not recurse and keeps attributes off prototypes.
 */
export function readXml(xml: string, reader: XmlReader): string | undefined {
  const parser = new SaxesParser({ xmlns: false });
  let depth = 0;
  parser.on("error", (error) => {
    throw new XmlFault(error.message);
  });
  parser.on("doctype", () => {
    throw new XmlFault("It has a document type, which no report needs.");
  });
  parser.on("opentag", ({ name, attributes }) => {
    depth += 1;
    if (depth > MAX_DEPTH) throw new XmlFault(`It nests deeper than ${MAX_DEPTH} elements.`);
    reader.open(name, new Map(Object.entries(attributes)));
  });
  const text = (part: string): void => reader.text?.(part);
  parser.on("text", text);
  parser.on("cdata", text);
  parser.on("closetag", ({ name }) => {
    reader.close?.(name);
    depth -= 1;
  });
  try {
    parser.write(xml.replace(FORBIDDEN, "\ufffd")).close();
    return undefined;
  } catch (error) {
    if (error instanceof XmlFault) return `The XML cannot be read: ${error.message}`;
    throw error;
  }
}

class XmlFault extends Error {}

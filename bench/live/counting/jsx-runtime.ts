import { memo, type NamedExoticComponent } from "react";
import * as plain from "react/jsx-runtime";

/** Stands in for React's own when a page is bundled to be counted: every rendering of a component of ours adds one to its name. */
type Render = (props: Record<string, unknown>) => unknown;
interface Memoised {
  $$typeof: unknown;
  type: Render;
  compare?: (before: object, after: object) => boolean;
}

export const renderCounts: Record<string, number> = {};
export const Fragment = plain.Fragment;

const memoKind = (
  memo(function Nothing() {
    return null;
  }) as unknown as Memoised
).$$typeof;
const counted = new Map<unknown, unknown>();

function counting(type: unknown): unknown {
  const known = counted.get(type);
  if (known !== undefined) return known;
  const made = wrapped(type);
  counted.set(type, made);
  return made;
}

function wrapped(type: unknown): unknown {
  if (typeof type === "function") {
    const isClass = (type.prototype as { isReactComponent?: object } | undefined)?.isReactComponent !== undefined;
    return isClass ? type : countingRender(type as Render);
  }
  if (!isMemoised(type)) return type;
  return memo(countingRender(type.type) as () => null, type.compare) satisfies NamedExoticComponent;
}

function isMemoised(type: unknown): type is Memoised {
  return typeof type === "object" && type !== null && "$$typeof" in type && type.$$typeof === memoKind && "type" in type;
}

function countingRender(render: Render): Render {
  return (props) => {
    renderCounts[render.name] = (renderCounts[render.name] ?? 0) + 1;
    return render(props);
  };
}

type Jsx = typeof plain.jsx;
export const jsx: Jsx = (type, props, key) => plain.jsx(counting(type) as typeof type, props, key);
export const jsxs: Jsx = (type, props, key) => plain.jsxs(counting(type) as typeof type, props, key);

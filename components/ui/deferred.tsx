"use client";

import { type ComponentType, type ReactElement, useEffect, useState } from "react";

/** A component whose code comes later, and what fetches that code ahead. */
export interface Deferred<Props extends object> {
  Component: (props: Props) => ReactElement | null;
  /** Fetches the code once, however often it is called. Rejects when it does not come; the next call tries again. */
  load: () => Promise<ComponentType<Props>>;
}

/**
 * Like `lazy`, without suspending: code that is there already is rendered at once, and what React held back for 300 ms so that fallbacks don't
 * flicker is shown as soon as it comes. Not for what the server renders.
 */
export function deferred<Props extends object>(
  fetchCode: () => Promise<ComponentType<Props>>,
  waiting: ReactElement | null = null,
): Deferred<Props> {
  let loaded: ComponentType<Props> | undefined;
  let pending: Promise<ComponentType<Props>> | undefined;

  function load(): Promise<ComponentType<Props>> {
    pending ??= fetchCode().then(
      (component) => {
        loaded = component;
        return component;
      },
      (error: unknown) => {
        pending = undefined;
        throw error;
      },
    );
    return pending;
  }

  function Component(props: Props): ReactElement | null {
    const [Shown, setShown] = useState(() => loaded);
    const [failure, setFailure] = useState<{ error: unknown }>();
    useEffect(() => {
      if (Shown !== undefined) return;
      let gone = false;
      load().then(
        (component) => !gone && setShown(() => component),
        (error: unknown) => !gone && setFailure({ error }),
      );
      return () => {
        gone = true;
      };
    }, [Shown]);
    // To the nearest error boundary.
    if (failure !== undefined) throw failure.error;
    return Shown === undefined ? waiting : <Shown {...props} />;
  }

  return { Component, load };
}

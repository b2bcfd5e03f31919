"use client";

import { useQuery } from "@tanstack/react-query";
import { getHealth } from "@/lib/client/api";

const CALM_MS = 15_000;
const AWAY_MS = 3_000;

/** Whether the server answers: looked at now and then on pages without a live connection. */
export function useServerHealth(): "connecting" | "live" | "offline" {
  const { isError, isSuccess } = useQuery({
    queryKey: ["health"],
    queryFn: getHealth,
    retry: 1,
    retryDelay: 500,
    // The browser's own word for being offline is no reason to stop asking: the server may be on this machine.
    networkMode: "always",
    refetchInterval: ({ state }) => (state.status === "error" ? AWAY_MS : CALM_MS),
  });
  if (isError) return "offline";
  return isSuccess ? "live" : "connecting";
}

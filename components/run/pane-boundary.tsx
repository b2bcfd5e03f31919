"use client";

import { TriangleAlert } from "lucide-react";
import { Component, type ReactElement, type ReactNode } from "react";
import { Button } from "@/components/ui/button";

interface PaneBoundaryProps {
  /** What could not be shown: `The transcript of A`. */
  what: string;
  children: ReactNode;
}

/** Keeps a fault in what it contains away from everything else on the page, and says what it was. */
export class PaneBoundary extends Component<PaneBoundaryProps, { fault: string | undefined }> {
  override state = { fault: undefined as string | undefined };

  static getDerivedStateFromError(error: unknown): { fault: string } {
    return { fault: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { fault } = this.state;
    return fault === undefined ? (
      this.props.children
    ) : (
      <Fault what={this.props.what} fault={fault} onAgain={() => this.setState({ fault: undefined })} />
    );
  }
}

function Fault({ what, fault, onAgain }: { what: string; fault: string; onAgain: () => void }): ReactElement {
  return (
    <div role="alert" className="min-h-0 flex-1 overflow-y-auto p-3">
      <div className="grid gap-2 rounded-md border border-bad/45 p-2.5">
        <p className="flex gap-2 font-semibold">
          <TriangleAlert aria-hidden="true" className="mt-[3px] size-3.5 shrink-0 text-bad" />
          {what} could not be shown.
        </p>
        <p className="text-muted">
          Only this page is affected: the agents work on and nothing is lost. Show it again, or reload the page if that does not help.
        </p>
        <code className="block whitespace-pre-wrap rounded-md bg-raised px-2.5 py-2 text-[11.5px] text-muted [overflow-wrap:anywhere]">
          {fault}
        </code>
        <Button onClick={onAgain} className="justify-self-start">
          Show again
        </Button>
      </div>
    </div>
  );
}

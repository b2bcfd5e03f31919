"use client";

import { Ellipsis } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { blobUrl } from "@/lib/client/api";
import { isSubmodule } from "@/lib/diff/file-facts";
import type { FileDiffRow } from "@/lib/protocol/trees";
import { copyText } from "./copy-text";
import { menuItemLook, menuLook } from "./view-menu";

interface FileMenuProps {
  runId: string;
  row: FileDiffRow;
  sides: { left: string; right: string };
}

/** What can be done with a file: its path, a link to this place, its raw contents. */
export function FileMenu({ runId, row, sides }: FileMenuProps): ReactElement {
  const raw = isSubmodule(row)
    ? []
    : [
        { side: sides.left, blob: row.old_blob, path: row.old_path ?? row.path },
        { side: sides.right, blob: row.new_blob, path: row.path },
      ];
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button kind="quiet" size="icon" aria-label="More about this file" title="More about this file">
          <Ellipsis aria-hidden="true" size={14} />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={menuLook}>
          <DropdownMenu.Item className={menuItemLook} onSelect={() => copyText(row.path, "Path copied")}>
            Copy path
          </DropdownMenu.Item>
          <DropdownMenu.Item className={menuItemLook} onSelect={() => copyText(linkTo(row.path), "Link copied")}>
            Copy link to this file
          </DropdownMenu.Item>
          {raw.map(
            ({ side, blob, path }) =>
              blob !== null && (
                <DropdownMenu.Item key={side} className={menuItemLook} asChild>
                  <a href={blobUrl(runId, blob, path)} target="_blank" rel="noreferrer">
                    Open raw file of {side}
                  </a>
                </DropdownMenu.Item>
              ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function linkTo(path: string): string {
  const url = new URL(window.location.href);
  url.searchParams.set("file", path);
  return url.href;
}

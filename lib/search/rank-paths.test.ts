import { describe, expect, it } from "vitest";
import { rankPaths, withFolders } from "./rank-paths";

const files = ["README.md", "src/http/retry.ts", "src/http/client.ts", "src/retry-policy.ts", "test/http/retry.test.ts", "docs/Retry.md"];
const paths = withFolders(files);

describe("completing a path", () => {
  it("offers each folder once, with a slash", () => {
    expect(paths.filter((path) => path.endsWith("/")).sort()).toEqual(["docs/", "src/", "src/http/", "test/", "test/http/"]);
  });

  it("answers an empty query with the top of the tree, folders first", () => {
    expect(rankPaths(paths, "", 10)).toEqual(["docs/", "src/", "test/", "README.md"]);
  });

  it("puts a beginning before a name, a name before a part, a part before scattered letters", () => {
    expect(rankPaths(paths, "src/h", 3)).toEqual(["src/http/", "src/http/retry.ts", "src/http/client.ts"]);
    expect(rankPaths(paths, "retry", 3)).toEqual(["docs/Retry.md", "src/http/retry.ts", "src/retry-policy.ts"]);
    expect(rankPaths(paths, "policy", 1)).toEqual(["src/retry-policy.ts"]);
    expect(rankPaths(paths, "shcl", 1)).toEqual(["src/http/client.ts"]);
  });

  it("does not mind letter case, and answers nothing for what is not there", () => {
    expect(rankPaths(paths, "READ", 1)).toEqual(["README.md"]);
    expect(rankPaths(paths, "xyz", 5)).toEqual([]);
  });

  it("stays within its limit", () => {
    expect(rankPaths(paths, "r", 2)).toHaveLength(2);
  });
});

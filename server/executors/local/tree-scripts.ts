import type { KeptFolders } from "../executor";

/**
 * What runs inside a sandbox, as the agent's user, to make a tree and to take it. Paths come as arguments, never as text of the script.
 * Trees hold bytes as they are in the repository: no line ending or encoding is converted, no filter runs, neither on the way out nor back.
 */
const prelude = `
set -euo pipefail
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 LC_ALL=C.UTF-8
tree=$1 mirror=$2 base=$3 snapshots=$4
`;

/**
 * A clone of its own (refs, index, configuration), whose alternates are the mirror: five trees are not five copies. Argument 5 is a commit on
 * top of the base that the tree starts as: its changes are there uncommitted, as the agent left them, and snapshots know them. Its objects
 * come in the pack `start.pack` in the snapshots' folder, unless the mirror has them.
 */
export const PREPARE_SCRIPT = `${prelude}
bytes='* -text -filter -ident -working-tree-encoding'
cd "$tree"
git init --quiet --initial-branch=main .
mkdir -p .git/info .git/objects/info
printf '%s/objects\\n' "$mirror" > .git/objects/info/alternates
printf '%s\\n' "$bytes" > .git/info/attributes
git config user.name Agent
git config user.email agent@aideator.invalid
git config gc.auto 0
git init --quiet --bare "$snapshots"
# A mirror whose history was cut says where; each repository reads that for itself.
if [ -f "$mirror/shallow" ]; then cp "$mirror/shallow" .git/shallow; cp "$mirror/shallow" "$snapshots/shallow"; fi
git update-ref refs/heads/main "$base"
git reset --quiet --hard
mkdir -p "$snapshots/info"
printf '%s/objects\\n' "$mirror" > "$snapshots/objects/info/alternates"
printf '%s\\n' "$bytes" > "$snapshots/info/attributes"
cp .git/index "$snapshots/index"
start=\${5:-}
if [ -n "$start" ]; then
  if [ -f "$snapshots/start.pack" ]; then
    for store in .git "$snapshots"; do git --git-dir="$store" index-pack --stdin --fix-thin < "$snapshots/start.pack" > /dev/null; done
    rm -f "$snapshots/start.pack"
  fi
  git read-tree --reset -u "$start"
  # What was in the snapshot stays in the next one, also where a rule would ignore it by now.
  cp .git/index "$snapshots/index"
  git reset --quiet
fi
`;

/** A file beyond this stays out of snapshots, and is named: 2 GB would be hashed and packed again at every change. */
export const SNAPSHOT_FILE_LIMIT_MB = 100;

/** Files of one kind that are named one by one; the rest is a number. */
const MOST_NAMED = 5;

/**
 * The whole tree, untracked files included, as a commit on the base, and a pack with what the mirror lacks. Works in a git directory that no
 * agent sees. Repositories inside the tree become ordinary files: git itself would keep nothing of them but a commit id. What stays out is
 * named, one line each: `nested`, `big`, `unreadable`, `special`, `submodule`, `refused`, with `more-<word> <count>` for the rest; `partial`
 * says that work is missing. Argument 6 is a commit that was taken before: its objects are not packed again. Argument 5 is `final` once nothing works in the tree any more: only then its permissions may be changed to read
 * what the agent shut, and pipes removed that git would wait for. Ends with an error rather than with less than it says.
 */
export const COLLECT_SCRIPT = `${prelude}
when=\${5:-} have=\${6:-}
export GIT_DIR=$snapshots GIT_WORK_TREE=$tree
export GIT_AUTHOR_NAME=AIdeator GIT_AUTHOR_EMAIL=agent@aideator.invalid
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
if [ "$when" = final ]; then chmod u+rwx -- "$tree"; fi
cd "$tree"
rm -f "$snapshots/index.lock" "$snapshots/taken.pack"

# What git itself opens: a pipe of such a name would keep it waiting for ever.
traps() { find . -path ./.git -prune -o -type p \\( -iname .gitignore -o -iname .gitattributes -o -iname .gitmodules \\) -print0 2> /dev/null || true; }
if [ -n "$(traps | head -c 1 | tr '\\0' x)" ]; then
  [ "$when" = final ] || { echo 'a pipe lies where git reads' >&2; exit 3; }
  while IFS= read -r -d '' found; do rm -f -- "$found"; printf 'special %q\\n' "\${found#./}"; done < <(traps)
fi

shut() { find . -path ./.git -prune -o ! -type l ! -readable -print0 -o -type d ! -executable -prune -print0 2> /dev/null || true; }
if [ "$when" = final ] && [ -n "$(shut | head -c 1 | tr '\\0' x)" ]; then chmod -R u+rwX -- . || true; fi

# Submodules are commits of another repository: git looks past whatever lies in their folders.
skip=(-path ./.git)
while IFS= read -r -d '' entry; do
  folder=\${entry#*$'\\t'}
  skip+=(-o -path "./$(printf '%s' "$folder" | sed 's/[][\\\\*?]/\\\\&/g')")
  if [ -d "./$folder" ] && [ -n "$(find "./$folder" -mindepth 1 -print -quit 2> /dev/null)" ]; then
    printf 'submodule %q\\n' "$folder"
    echo partial
  fi
done < <(git ls-files --stage -z | { grep -z '^160000 ' || true; })
look() { find . \\( "\${skip[@]}" \\) -prune -o "$@" -print0 2> /dev/null || true; }

# Of NUL-separated paths on stdin those that are not ignored, sorted.
unignored() {
  LC_ALL=C sort -z > "$snapshots/candidates"
  local code=0
  git check-ignore -z --stdin < "$snapshots/candidates" > "$snapshots/ignored" || code=$?
  [ $code -le 1 ]
  LC_ALL=C sort -z "$snapshots/ignored" | comm -z -23 "$snapshots/candidates" -
}
# Names what comes on stdin: word, path by path, the rest as a number.
tell() {
  local count=0 path
  while IFS= read -r -d '' path; do
    count=$((count + 1))
    if [ $count -le ${MOST_NAMED} ]; then printf '%s %q\\n' "$1" "\${path#./}"; fi
  done
  if [ $count -gt ${MOST_NAMED} ]; then printf 'more-%s %s\\n' "$1" $((count - ${MOST_NAMED})); fi
}

paths=$snapshots/paths nested=$snapshots/nested big=$snapshots/big
printf '.\\0' > "$paths"
leave_out() { while IFS= read -r -d '' path; do printf ':(top,exclude,literal)%s\\0' "\${path#./}" >> "$paths"; done; }
look -name .git -prune | sed -z 's,/\\.git$,,' | unignored > "$nested"
look -type f -size +${SNAPSHOT_FILE_LIMIT_MB}M | unignored > "$big"
leave_out < "$nested"
leave_out < "$big"
git ls-files -z | sed -z 's,^,./,' | LC_ALL=C sort -z > "$snapshots/tracked"
comm -z -23 "$big" "$snapshots/tracked" | tell big
comm -z -12 "$big" "$snapshots/tracked" | while IFS= read -r -d '' file; do
  git diff-files --quiet -- ":(top,literal)\${file#./}" || printf '%s\\0' "$file"
done | tell big
shut | unignored | tell unreadable
look \\( -type p -o -type s -o -type b -o -type c \\) | tell special

code=0
git add --all --ignore-errors --pathspec-from-file="$paths" --pathspec-file-nul 2> "$snapshots/refusals" || code=$?
# 1: some files could not be added. More than that, and nothing may have been.
if [ $code -gt 1 ]; then cat "$snapshots/refusals" >&2; exit $code; fi
if [ $code -eq 1 ] || grep -q 'could not open directory' "$snapshots/refusals"; then
  echo partial
  { grep -E 'invalid path|File name too long' "$snapshots/refusals" || true; } | head -n ${MOST_NAMED} | cut -c 1-300 | sed 's/^/refused /'
fi
while IFS= read -r -d '' folder; do
  git rm -r --quiet --cached --ignore-unmatch -- ":(top,literal)\${folder#./}"
  find "$folder" -name .git -prune -o \\( -type f ! -size +${SNAPSHOT_FILE_LIMIT_MB}M -o -type l \\) -print0 | unignored | git update-index --add -z --stdin
done < "$nested"
tell nested < "$nested"

taken=$(git write-tree)
if [ "$taken" = "$(git rev-parse "$base^{tree}")" ]; then
  echo unchanged
  exit 0
fi
commit=$(git commit-tree "$taken" -p "$base" -m "Snapshot")
objects() { git rev-list --objects "$1" "^$base" | LC_ALL=C sort; }
if [ -n "$have" ] && git cat-file -e "$have^{commit}" 2> /dev/null; then
  objects "$commit" > "$snapshots/wanted"
  objects "$have" | LC_ALL=C comm -23 "$snapshots/wanted" - | git pack-objects --stdout --quiet > "$snapshots/taken.pack"
else
  printf '%s\\n^%s\\n' "$commit" "$base" | git pack-objects --revs --thin --stdout --quiet > "$snapshots/taken.pack"
fi
printf 'commit %s\\n' "$commit"
`;

/**
 * Names the folders of a set-up that are kept, NUL-separated as `tree:<path>` and `home:<path>`, once everybody may read them. Arguments 5 to
 * 7 are lists with one entry per line: names, paths in the tree, paths in the home folder; 8 is the home folder. What the repository tracks
 * is the repository's; links are not followed, and names that cannot be written into a list of exclusions are left out.
 */
export const FIND_DEPENDENCIES_SCRIPT = `${prelude}
home=$8
export GIT_DIR=$snapshots GIT_WORK_TREE=$tree
cd "$tree"
offer() {
  case "$1" in *$'\\n'*) return 0 ;; esac
  [ -z "$(git ls-files -- ":(top,literal)$1" | head -c 1)" ] || return 0
  chmod -R a+rX,u+w -- "$1" 2> /dev/null || true
  printf 'tree:%s\\0' "$1"
}
while IFS= read -r name; do
  [ -n "$name" ] || continue
  while IFS= read -r -d '' found; do offer "\${found#./}"; done < <(find . -path ./.git -prune -o -type d -name "$name" -prune -print0)
done <<< "$5"
while IFS= read -r path; do
  if [ -n "$path" ] && [ -e "$path" ] && [ ! -L "$path" ]; then offer "$path"; fi
done <<< "$6"
while IFS= read -r path; do
  if [ -z "$path" ] || [ ! -d "$home/$path" ] || [ -L "$home/$path" ]; then continue; fi
  chmod -R a+rX,u+w -- "$home/$path" 2> /dev/null || true
  printf 'home:%s\\0' "$path"
done <<< "$7"
`;

/** Arguments 5 to 8 of `FIND_DEPENDENCIES_SCRIPT`. */
export function keptArguments(folders: KeptFolders | undefined, home: string): string[] {
  return [...[folders?.named, folders?.tree, folders?.home].map((list) => (list ?? []).join("\n")), home];
}

/**
 * Copies kept dependencies into a tree and its home folder; blocks are shared with the original where the file system can do that, files
 * never are. They show up in no snapshot and no `git status`. Arguments 5 and 6: the kept folder, with a list `kept` of what
 * `FIND_DEPENDENCIES_SCRIPT` named, and the home folder. What is in the way of a copy stays, and is not overwritten.
 */
export const DELIVER_SCRIPT = `${prelude}
kept=$5 home=$6
cd "$tree"
while IFS= read -r -d '' entry; do
  path=\${entry#*:}
  case "$entry" in
    tree:*) into=$tree from=$kept/tree/$path ;;
    *) into=$home from=$kept/home/$path ;;
  esac
  if [ -e "$into/$path" ] || [ -L "$into/$path" ]; then continue; fi
  above=$into/$(dirname -- "$path")
  mkdir -p -- "$above"
  # A link that the repository has there may lead anywhere: only real folders get something.
  [ "$(cd -- "$above" && pwd -P)" = "$(cd -- "$into" && pwd -P)/$(dirname -- "$path")" ] || [ "$(dirname -- "$path")" = . ] || continue
  cp -a --reflink=auto --no-preserve=ownership -- "$from" "$above/"
  if [ "$into" = "$tree" ]; then
    printf '/%s\\n' "$path" | sed 's/[][*?\\\\ ]/\\\\&/g' | tee -a .git/info/exclude >> "$snapshots/info/exclude"
  fi
done < "$kept/kept"
`;

/**
 * What runs inside a sandbox, as the agent's user, to make a tree and to take it. Paths come as arguments, never as text of the script.
 * Trees hold bytes as they are in the repository: no line ending or encoding is converted, no filter runs, neither on the way out nor back.
 */
const prelude = `
set -euo pipefail
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 LC_ALL=C.UTF-8
tree=$1 mirror=$2 base=$3 snapshots=$4
`;

/** A clone of its own (refs, index, configuration), whose alternates are the mirror: five trees are not five copies. */
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
git update-ref refs/heads/main "$base"
git reset --quiet --hard
git init --quiet --bare "$snapshots"
mkdir -p "$snapshots/info"
printf '%s/objects\\n' "$mirror" > "$snapshots/objects/info/alternates"
printf '%s\\n' "$bytes" > "$snapshots/info/attributes"
cp .git/index "$snapshots/index"
`;

/** A file beyond this stays out of snapshots, and is named: 2 GB would be hashed and packed again at every change. */
export const SNAPSHOT_FILE_LIMIT_MB = 100;

/**
 * The whole tree, untracked files included, as a commit on the base, and a pack with what the mirror lacks. Works in a git directory that no
 * agent sees. Repositories inside the tree become ordinary files: git itself would keep nothing of them but a commit id. What stays out is
 * named, one line each: `nested`, `big`, `unreadable`, `special`. Argument 5 is `final` once nothing works in the tree any more: only then
 * its permissions may be changed to read what the agent shut.
 */
export const COLLECT_SCRIPT = `${prelude}
when=\${5:-}
export GIT_DIR=$snapshots GIT_WORK_TREE=$tree
export GIT_AUTHOR_NAME=AIdeator GIT_AUTHOR_EMAIL=agent@aideator.invalid
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
cd "$tree"
rm -f "$snapshots/index.lock" "$snapshots/taken.pack"
shut() { find . -path ./.git -prune -o ! -type l ! -readable -print0 -o -type d ! -executable -prune -print0 2> /dev/null || true; }
if [ "$when" = final ] && [ -n "$(shut | head -c 1 | tr '\\0' x)" ]; then chmod -R u+rwX -- . || true; fi
paths=$snapshots/paths nested=()
printf '.\\0' > "$paths"
kept() { ! git check-ignore --quiet -- "$1" 2> /dev/null; }
leave_out() { printf ':(top,exclude,literal)%s\\0' "$1" >> "$paths"; }
while IFS= read -r -d '' found; do
  folder=\${found%/.git}
  folder=\${folder#./}
  kept "$folder" || continue
  nested+=("$folder")
  leave_out "$folder"
done < <(find . -path ./.git -prune -o -name .git -prune -print0 2> /dev/null)
while IFS= read -r -d '' found; do
  file=\${found#./}
  kept "$file" || continue
  leave_out "$file"
  if git ls-files --error-unmatch -- ":(top,literal)$file" > /dev/null 2>&1 && git diff-files --raw --exit-code --quiet -- ":(top,literal)$file"; then continue; fi
  printf 'big %q\\n' "$file"
done < <(find . -path ./.git -prune -o -type f -size +${SNAPSHOT_FILE_LIMIT_MB}M -print0 2> /dev/null)
named=0
while IFS= read -r -d '' found && [ $named -lt 5 ]; do
  file=\${found#./}
  kept "$file" || continue
  named=$((named + 1))
  printf 'unreadable %q\\n' "$file"
done < <(shut)
named=0
while IFS= read -r -d '' found && [ $named -lt 5 ]; do
  named=$((named + 1))
  printf 'special %q\\n' "\${found#./}"
done < <(find . -path ./.git -prune -o \\( -type p -o -type s -o -type b -o -type c \\) -print0 2> /dev/null)
git add --all --ignore-errors --pathspec-from-file="$paths" --pathspec-file-nul || echo partial
for folder in "\${nested[@]}"; do
  git rm -r --quiet --cached --ignore-unmatch -- ":(literal)$folder"
  find "$folder" -name .git -prune -o \\( -type f ! -size +${SNAPSHOT_FILE_LIMIT_MB}M -o -type l \\) -print0 | git update-index --add -z --stdin
  printf 'nested %q\\n' "$folder"
done
taken=$(git write-tree)
if [ "$taken" = "$(git rev-parse "$base^{tree}")" ]; then
  echo unchanged
  exit 0
fi
commit=$(git commit-tree "$taken" -p "$base" -m "Snapshot")
printf '%s\\n^%s\\n' "$commit" "$base" | git pack-objects --revs --thin --stdout --quiet > "$snapshots/taken.pack"
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

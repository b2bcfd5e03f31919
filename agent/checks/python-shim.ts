/**
 * Stands before `python3` and `python` in the search path. unittest writes no report that could be asked for: where it is started by its name, the
 * program below runs it instead, with the same arguments, and writes JUnit XML as pytest does. Everything else goes through unchanged.
 */
export const pythonShim = (name: "python" | "python3", runner: string): string => `#!/bin/bash
here=$(dirname -- "$0")
PATH=\${PATH#"$here:"}
if [ -n "\${CHECK_REPORTS:-}" ] && [ "\${1:-}" = -m ] && [ "\${2:-}" = unittest ]; then
  shift 2
  only=()
  while IFS= read -r file; do case "$file" in *.py) only+=("$file") ;; esac; done <<< "\${CHECK_ONLY:-}"
  [ \${#only[@]} -gt 0 ] && set -- "\${only[@]}"
  exec ${name} ${runner} "$@"
fi
exec ${name} "$@"
`;

/** \`python3 -m unittest\` with a report beside. For Python 3.6 and newer. */
export const unittestRunner = `import inspect, os, sys, time, unittest
from xml.sax.saxutils import escape, quoteattr

sys.path[0] = os.getcwd()
tree = os.getcwd() + os.sep


def place(test):
    # What could not be imported or set up has no file.
    if type(test).__name__ == '_FailedTest' or not isinstance(test, unittest.TestCase):
        return None
    try:
        file = inspect.getfile(type(test))
    except (TypeError, OSError):
        return None
    return file[len(tree):] if file.startswith(tree) else file


class Result(unittest.TextTestResult):
    def startTestRun(self):
        super().startTestRun()
        self.cases = {}

    def startTest(self, test):
        super().startTest(test)
        self.began = time.time()
        self.cases[test.id()] = [test, None, '']

    def verdict(self, test, kind, text, name=None):
        case = self.cases.setdefault(name or test.id(), [test, None, ''])
        if case[1] in (None, 'skipped'):
            case[1] = kind
        case[2] += text
        case[3:] = [time.time() - getattr(self, 'began', time.time())]

    def addSuccess(self, test):
        super().addSuccess(test)
        self.verdict(test, None, '')

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.verdict(test, 'failure', self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self.verdict(test, 'failure', self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.verdict(test, 'skipped', reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.verdict(test, None, '')

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.verdict(test, 'failure', 'It passed, although a failure was expected.')

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.verdict(test, 'failure', str(subtest) + '\\n' + self._exc_info_to_string(err, test), test.id())

    def stopTestRun(self):
        super().stopTestRun()
        clean = lambda text: ''.join(c for c in text if c in '\\t\\n' or (' ' <= c < '\\ud800') or '\\ue000' <= c <= '\\ufffd' or c > '\\uffff')
        lines = ['<testsuite>']
        for name, (test, kind, text, *took) in self.cases.items():
            parts = name.split('.')
            file = place(test)
            # A test that raises something has come to a verdict; a module that does has not.
            kind = 'error' if file is None and kind == 'failure' else kind
            group, own = '.'.join(parts[-2:-1]), parts[-1]
            if '_FailedTest.' in name:
                module = name.split('_FailedTest.')[1].replace('.', os.sep) + '.py'
                group, own, file = '', module, module
            at = '' if file is None else ' file=' + quoteattr(clean(file))
            seconds = ' time="%.4f"' % took[0] if took else ''
            lines.append('<testcase classname=%s name=%s%s%s>' % (quoteattr(clean(group)), quoteattr(clean(own)), at, seconds))
            if kind is not None:
                lines.append('<%s>%s</%s>' % (kind, escape(clean(text)[:20000]), kind))
            lines.append('</testcase>')
        lines.append('</testsuite>')
        path = os.path.join(os.environ['CHECK_REPORTS'], 'unittest-%d.junit.xml' % os.getpid())
        with open(path, 'w', encoding='utf-8') as report:
            report.write('\\n'.join(lines))


class Runner(unittest.TextTestRunner):
    resultclass = Result


unittest.main(module=None, testRunner=Runner, argv=['python3 -m unittest'] + sys.argv[1:])
`;

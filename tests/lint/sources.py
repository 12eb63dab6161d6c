#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Checks of the source text: SPDX lines, layers, format, width, leftovers.

Formatting is compared with clang-format's without regard to where lines break
and how columns line up: those stay the author's. `lint --format` rewrites.
usage: sources.py ROOT [FILE...]
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

WIDTH = 100
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
COMMENTS = {'.c': '//', '.h': '/*', '.cc': '//', '.S': '/*'}
SCRIPT = ('.sh', '.py', '.mk', '.toml')
BARE = ('Makefile', 'Kbuild', 'box', 'setup', 'run', 'lint')
LEFTOVER = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X)\b')

# A message is not broken over lines, so that it can be searched for.
LONG_STRING = re.compile(r'"(?:\\.|[^"\\]){25,}')

# Pure folders: what they may include besides <linux/*.h> that the shim offers.
PURE = {
    'module/lib/': ('uapi/', 'module/lib/'),
    'arch/x86/emul/': ('uapi/', 'module/lib/', 'arch/x86/emul/'),
    'arch/arm64/emul/': ('uapi/', 'module/lib/', 'arch/arm64/emul/'),
}
# Others: prefixes of root-relative includes that each folder may use.
LAYERS = (
    ('uapi/', ('uapi/',)),
    ('module/', ('uapi/', 'module/')),
    ('arch/x86/vmx/', ('uapi/', 'module/', 'arch/x86/')),
    ('arch/x86/', ('uapi/', 'module/', 'arch/x86/')),
    ('arch/arm64/', ('uapi/', 'module/', 'arch/arm64/')),
    ('tools/vmctl/', ('uapi/', 'tools/vmctl/')),
)
TWINS = {'arch/x86/vmx/': 'arch/x86/svm/', 'arch/x86/svm/': 'arch/x86/vmx/'}


class Checker:
    def __init__(self, root):
        self.root = root
        self.problems = []
        shim = os.path.join(root, 'tests/unit/shim')
        self.shim = {os.path.relpath(os.path.join(d, f), shim)
                     for d, _, files in os.walk(shim) for f in files}

    def bad(self, path, line, text):
        self.problems.append(f'{path}:{line}: {text}')

    def check(self, path):
        try:
            with open(os.path.join(self.root, path), encoding='utf-8') as f:
                text = f.read()
        except (OSError, UnicodeDecodeError):
            return
        if '/corpus/' in path:
            return
        ext = os.path.splitext(path)[1]
        base = os.path.basename(path)
        source = ext in COMMENTS or ext in SCRIPT or base in BARE or text.startswith('#!')
        if not source:
            return
        self.check_spdx(path, text)
        if ext in COMMENTS:
            self.check_layers(path, text)
            self.check_width(path, text)
        if ext in ('.c', '.h', '.cc'):
            self.check_format(path, text)
        for n, line in enumerate(text.split('\n'), 1):
            if LEFTOVER.search(line):
                self.bad(path, n, 'an unfinished thing is left here: ' + line.strip())
            if line != line.rstrip():
                self.bad(path, n, 'white space at the end of the line')

    def check_spdx(self, path, text):
        lines = text.split('\n', 3)
        line = lines[1] if lines[0].startswith('#!') and len(lines) > 1 else lines[0]
        want = 'GPL-2.0 WITH Linux-syscall-note' if path.startswith('uapi/') else 'GPL-2.0'
        if not re.search(rf'SPDX-License-Identifier: {want}( \*/)?$', line.rstrip()):
            self.bad(path, 1, f'no line "SPDX-License-Identifier: {want}" on top')

    def check_layers(self, path, text):
        pure = next((v for k, v in PURE.items() if path.startswith(k)), None)
        allowed = pure or next((v for k, v in LAYERS if path.startswith(k)), None)
        if allowed is None:
            return
        for m in INCLUDE.finditer(text):
            kind, name = m.groups()
            line = text.count('\n', 0, m.start()) + 1
            if kind == '"':
                self.check_quoted(path, line, name, allowed)
            elif pure and name not in self.shim:
                self.bad(path, line, f'pure code may not include <{name}>: '
                                     'tests/unit/shim does not offer it')
            elif name == 'linux/version.h' and path != 'module/compat.h':
                self.bad(path, line, 'only module/compat.h looks at the version')

    def check_quoted(self, path, line, name, allowed):
        local = os.path.join(os.path.dirname(path), name)
        if '/' not in name and os.path.exists(os.path.join(self.root, local)):
            if not path.startswith(('tools/vmctl/', 'uapi/', 'tests/')):
                self.bad(path, line, f'"{name}": write it from the root, "{local}"')
            return
        if not name.startswith(allowed) and '/' in name:
            self.bad(path, line, f'"{name}" is against the layers: allowed here are '
                                 + ', '.join(allowed))
        twin = next((t for f, t in TWINS.items() if path.startswith(f)), None)
        if twin and name.startswith(twin):
            self.bad(path, line, f'"{name}": vendor folders do not see each other')

    def check_width(self, path, text):
        by_hand = False
        for n, line in enumerate(text.split('\n'), 1):
            if 'clang-format o' in line:
                by_hand = 'clang-format off' in line
            if by_hand:
                continue
            if len(line.expandtabs(8)) > WIDTH and not LONG_STRING.search(line):
                self.bad(path, n, f'wider than {WIDTH} columns')

    def check_format(self, path, text):
        full = os.path.join(self.root, path)
        formatted = subprocess.run(['clang-format', full], capture_output=True, text=True,
                                   cwd=self.root).stdout
        ours, theirs = normal(text), normal(formatted)
        if ours == theirs:
            return
        i = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b),
                 min(len(ours), len(theirs)))
        start = ours.rfind(' ', 0, max(0, i - 20)) + 1
        self.bad(path, line_of(text, i), f'format: have "{ours[start:i + 30]}", '
                                         f'want "{theirs[start:i + 30]}"')


STRIP = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def normal(text):
    """@text with line breaks, column alignment and comments taken out."""
    text = STRIP.sub(lambda m: '' if m.group()[0] == '/' else m.group(), text)
    text = re.sub(r'[ \t]*\\\n', '\n', text)
    text = re.sub(r'([(\[{])[ \t]*\n\s*', r'\1', text)
    text = re.sub(r'\s*\n\s*([)\]}])', r'\1', text)
    text = re.sub(r'\s+', ' ', text)
    # Where a break may stand, a space or none is a matter of where it stood.
    text = re.sub(r'(?<=[{(\[]) | (?=[})\]\["])', '', text)
    # clang-format takes "(a) & b" for a cast of an address, and the like.
    text = re.sub(r' ?(::|\.\.\.|[&*-]) ?', r'\1', text)
    return re.sub(r'" "', '""', text)


def line_of(text, at):
    """Roughly the line of @text whose normal form reaches offset @at."""
    lo, hi = 0, text.count('\n') + 1
    lines = text.split('\n')
    while lo < hi:
        mid = (lo + hi) // 2
        if len(normal('\n'.join(lines[:mid]))) <= at:
            lo = mid + 1
        else:
            hi = mid
    return lo


def main():
    root = os.path.abspath(sys.argv[1])
    files = sys.argv[2:] or subprocess.run(
        ['git', '-C', root, 'ls-files', '--cached', '--others', '--exclude-standard'],
        capture_output=True, text=True, check=True).stdout.split('\n')
    checker = Checker(root)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(checker.check, sorted(f for f in set(files) if f)))
    for p in sorted(checker.problems):
        print(p)
    return 1 if checker.problems else 0


sys.exit(main())

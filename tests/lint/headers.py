# SPDX-License-Identifier: BSD-3-Clause
"""The public headers: functions and structs as they are declared there."""
import re
from collections import namedtuple

import tree

# doc: the text between /** and */, without the stars. parameters: their names, in order.
Function = namedtuple('Function', 'name header declaration result parameters doc')

# The comment may not hold the close of another one.
FUNCTION = re.compile(r'(?:/\*\*((?:(?!\*/).)*)\*/\n)?^(IOVA_API\b[^;{]*);', re.DOTALL | re.MULTILINE)
# Between two members of a function's list of parameters; none of ours has a comma inside.
PARAMETER = re.compile(r'(?:\(\*(\w+)\)|(\w+))(?:\[[^\]]*\])?$')


# Each library: the header that includes all of its others, and its version script.
Library = namedtuple('Library', 'umbrella script')
LIBRARIES = {
    'libiova': Library('libiova/libiova.h', 'src/libiova.map'),
    'libiova-sim': Library('libiova-sim/sim.h', 'sim/libiova-sim.map'),
}


def names(library=None):
    """Paths of the headers of one library, or of all."""
    return [path for path in tree.c_files('include') if path.endswith('.h') and
            library in (None, path.split('/')[1])]


def one_line(text):
    text = re.sub(r'\s+', ' ', re.sub(r'\b(IOVA_API|IOVA_MUST_USE)\b', '', text)).strip()
    return re.sub(r'\s*([(),])\s*', r'\1', text).replace(',', ', ')


def functions_of(header, text):
    for match in FUNCTION.finditer(text):
        declaration = one_line(tree.code(match.group(2)))
        result, name, inside = re.fullmatch(r'(.*?)(\w+)\((.*)\)', declaration).groups()
        parameters = [] if inside == 'void' else \
            [next(filter(None, PARAMETER.search(part.strip()).groups()))
             for part in inside.split(',')]
        doc = match.group(1)
        if doc is not None:
            doc = re.sub(r'^ \* ?', '', doc.strip('\n'), flags=re.MULTILINE)
        yield Function(name, header, declaration, result.strip(), parameters, doc)


def functions(library=None):
    return [function for path in names(library) for function in functions_of(path, tree.read(path))]


def structs(library=None):
    """{struct: [members]} of all that are defined, not only named."""
    found = {}
    for path in names(library):
        text = tree.code(tree.read(path))
        for name, body in re.findall(r'^struct (\w+) \{\n(.*?)^\};', text, re.DOTALL | re.MULTILINE):
            found[name] = []
            for member in body.split(';')[:-1]:
                pointer = re.search(r'\(\*(\w+)\)\(', member)
                plain = re.search(r'(\w+)(?:\[[^\]]*\])?$', member.strip())
                found[name].append((pointer or plain).group(1))
    return found

# SPDX-License-Identifier: BSD-3-Clause
"""What is written agrees with what is there: man pages, doc/*.md and README.md. The arguments are
the source, the folder of the built man pages, and the programs mandoc and iovactl."""
import glob
import os
import re
import shlex
import subprocess
import sys
import unittest

ROOT, MAN, MANDOC, IOVACTL = sys.argv[1:5]
sys.path.insert(0, os.path.join(ROOT, 'tests', 'data'))
import tap  # noqa: E402

LINK = re.compile(r'\.so man(\d)/(\S+\.\1)\n')


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


def headers():
    return ''.join(read(path) for path in sorted(glob.glob(f'{ROOT}/include/*/*.h')))


def prototypes():
    """{name: prototype}, without white space."""
    found = re.findall(r'^IOVA_API (?:IOVA_MUST_USE )?([^;]*?(iova_\w+)\([^;]*;)', headers(), re.MULTILINE)
    return {name: re.sub(r'\s', '', text) for text, name in found}


def exported():
    scripts = read(ROOT, 'src', 'libiova.map') + read(ROOT, 'sim', 'libiova-sim.map')
    return set(re.findall(r'^\t(iova_\w+);', scripts, re.MULTILINE))


def built(section):
    return {name[:-2]: read(MAN, name) for name in os.listdir(MAN) if re.fullmatch(rf'[\w-]+\.{section}', name)}


def shown(name):
    """A page as a person sees it."""
    done = subprocess.run([MANDOC, '-T', 'utf8', '-O', 'width=200', os.path.join(MAN, name)],
                          capture_output=True, text=True, encoding='utf-8', check=True)
    return re.sub('.\b', '', done.stdout)


def table(file, heading):
    """The cells of the first table below a heading."""
    rows = re.search(rf'^#+ {heading}\n.*?\n\|[^\n]*\n\|-[^\n]*\n((?:\|[^\n]*\n)+)', read(ROOT, file),
                     re.DOTALL | re.MULTILINE).group(1)
    return [[cell.strip() for cell in row.strip('|').split(' | ')] for row in rows.splitlines()]


def blocks(file, language):
    return re.findall(rf'^```{language}\n(.*?)^```\n', read(ROOT, file), re.DOTALL | re.MULTILINE)


class ManPages(unittest.TestCase):
    def test_every_exported_name_has_a_page(self):
        self.assertEqual(set(built(3)), exported())

    def test_every_page_or_link_leads_to_a_page_that_names_it(self):
        for name, text in built(3).items():
            link = LINK.fullmatch(text)
            target = link.group(2)[:-2] if link else name
            names = re.search(r'\.SH NAME\n(.*?) - ', built(3)[target]).group(1)
            self.assertIn(name, names.split(', '), name)

    def test_synopses_are_the_prototypes(self):
        seen = {}
        for name, text in built(3).items():
            if not LINK.fullmatch(text):
                synopsis = re.search(r'^SYNOPSIS\n(.*?)^\S', shown(name + '.3'), re.DOTALL | re.MULTILINE)
                for declaration in re.sub(r'#include <\S+>', '', synopsis.group(1)).split(';')[:-1]:
                    declaration = re.sub(r'\s', '', declaration)
                    seen[re.search(r'(iova_\w+)\(', declaration).group(1)] = declaration + ';'
        self.assertEqual(seen, prototypes())

    def test_every_page_of_functions_has_its_sections(self):
        wanted = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'RETURN VALUE', 'ATTRIBUTES', 'VERSIONS', 'SEE ALSO']
        for name, text in built(3).items():
            if not LINK.fullmatch(text):
                sections = re.findall(r'^\.SH "?(.*?)"?$', text, re.MULTILINE)
                self.assertEqual([each for each in sections if each in wanted], wanted, name)
                self.assertEqual(set(sections) - set(wanted), set(sections) & {'ERRORS', 'EXAMPLES'}, name)

    def test_every_error_of_a_function_is_on_its_page(self):
        for comment, name in re.findall(r'/\*\*((?:(?!\*/).)*)\*/\nIOVA_API [^;]*?(iova_\w+)\(', headers(),
                                        re.DOTALL):
            text = built(3)[name]
            link = LINK.fullmatch(text)
            errors = re.search(r'\.SH ERRORS\n(.*?)\.SH', built(3)[link.group(2)[:-2]] if link else text,
                               re.DOTALL)
            for error in re.findall(r'@err\{(\w+)\}', comment):
                self.assertIn(f'\\fB{error}\\fR\n', errors.group(1), name)

    def test_mandoc_has_nothing_to_say(self):
        for section in (1, 3, 5, 7):
            self.assertTrue(built(section))
            for name, text in built(section).items():
                if not LINK.fullmatch(text):
                    done = subprocess.run([MANDOC, '-Tlint', '-W', 'warning', f'{MAN}/{name}.{section}'],
                                          capture_output=True, text=True, check=False)
                    self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''))

    def test_pages_that_are_referred_to_are_there(self):
        for section in (1, 3, 5, 7):
            for name, text in built(section).items():
                for other, number in re.findall(r'\\fB((?:lib)?iova[\w\\-]*)\\fR\((\d)\)', text):
                    self.assertIn(other.replace('\\', ''), built(number), f'{name}({section})')

    def test_no_markup_is_left_over(self):
        for section in (3, 5, 7):
            for name, text in built(section).items():
                self.assertNotRegex(text, r'(?m)^@|@[pc] |@err', name)


class Errors(unittest.TestCase):
    def test_each_errno_has_one_line(self):
        listed = [row[0] for row in table('doc/errors.md', 'Errno')]
        self.assertEqual(len(listed), len(set(listed)))
        used = set(re.findall(r'@err\{(\w+)\}', headers()))
        self.assertEqual(used - set(listed), set())

    def test_each_why_has_its_line_with_the_words_of_the_header(self):
        defined = re.findall(r'^#define (IOVA_WHY_\w+) \d+ +/\*\*< (.*?) \*/$', headers(), re.MULTILINE)
        rows = table('doc/errors.md', 'Why')
        self.assertEqual([(row[0], row[2]) for row in rows], defined)

    def test_each_why_goes_with_errnos_that_are_listed(self):
        listed = {row[0] for row in table('doc/errors.md', 'Errno')} | {'any'}
        for row in table('doc/errors.md', 'Why'):
            self.assertLessEqual(set(row[1].split(', ')), listed, row[0])


class Sim(unittest.TestCase):
    def test_each_rule_is_where_it_is_said_to_be(self):
        rows = re.findall(r'^\| (?!rule |-).*', read(ROOT, 'doc', 'sim.md'), re.MULTILINE)
        self.assertGreater(len(rows), 25)
        for row in rows:
            _, kernel, model = row.strip('| ').split(' | ')
            functions = re.findall(r'`(\w+)`', kernel)
            self.assertTrue(functions, row)
            for function in functions:
                self.assertRegex(read(ROOT, model.strip('`')), rf'\b{function}\b', model)


class Readme(unittest.TestCase):
    def test_the_example_is_the_one_that_is_compiled(self):
        licence, example = read(ROOT, 'examples', 'hello.c').split('\n', 1)
        self.assertIn('SPDX', licence)
        self.assertEqual(blocks('README.md', 'c'), [example])

    def test_the_outputs_are_real(self):
        shown_blocks = blocks('README.md', 'console')
        self.assertTrue(shown_blocks)
        environment = dict(os.environ, LC_ALL='C.UTF-8', COLUMNS='80')
        for block in shown_blocks:
            command, wanted = block.split('\n', 1)
            words = shlex.split(command)
            self.assertEqual(words[:2], ['$', 'iovactl'])
            done = subprocess.run([os.path.abspath(IOVACTL), *words[2:]], capture_output=True, text=True,
                                  encoding='utf-8', env=environment, cwd=ROOT, timeout=60, check=False)
            if wanted.startswith('...\n'):
                self.assertTrue(done.stdout.endswith(wanted[4:]), done.stdout)
            else:
                self.assertEqual(done.stdout, wanted)

    def test_the_table_of_support_names_every_guest(self):
        guests = [row[-1].strip('`') for row in table('README.md', 'What it is shown to work on')]
        self.assertEqual(sorted(guests), sorted(os.listdir(os.path.join(ROOT, 'tests', 'vm', 'guests'))))

    def test_the_table_of_support_tells_the_kernel_of_the_guest(self):
        for row in table('README.md', 'What it is shown to work on'):
            kernel = re.search(r'^kernel *= *(\S+)', read(ROOT, 'tests', 'vm', 'guests', row[-1].strip('`')),
                               re.MULTILINE)
            self.assertEqual(row[0], 'Debian {}, {}'.format(*kernel.group(1).split('-', 1)))


class Files(unittest.TestCase):
    def test_links_lead_somewhere(self):
        for file in [*glob.glob(f'{ROOT}/*.md'), *glob.glob(f'{ROOT}/doc/*.md')]:
            for target in re.findall(r'\]\(([^)#]+)\)', read(file)):
                self.assertTrue(os.path.exists(os.path.join(os.path.dirname(file), target)), f'{file}: {target}')

    def test_paths_that_are_named_are_there(self):
        tops = 'include|src|sim|tools|tests|examples|doc|scripts'
        for file in [*glob.glob(f'{ROOT}/*.md'), *glob.glob(f'{ROOT}/doc/*.md')]:
            for path in re.findall(rf'`((?:{tops})/[\w./*-]*)`', read(file)):
                if not re.search('NAME|FILE|DIR|GUEST', path):
                    self.assertTrue(glob.glob(os.path.join(ROOT, path)), f'{file}: {path}')

    def test_functions_that_are_named_exist(self):
        for file in [*glob.glob(f'{ROOT}/*.md'), *glob.glob(f'{ROOT}/doc/*.md')]:
            self.assertLessEqual(set(re.findall(r'`(iova_\w+)\(\)`', read(file))), exported(), file)


tap.run(sys.modules[__name__])

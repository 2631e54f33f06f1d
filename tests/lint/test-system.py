# SPDX-License-Identifier: BSD-3-Clause
"""What the library asks of libc, layer by layer: only sys/real.c reaches the system, parsing and
reckoning need nothing but memory, and nothing prints, exits or reads the environment. The model
needs a lock beside memory, and reaches no system at all. Arguments: nm, archive of the library,
archive of the model."""
import re
import sys
import unittest

import objects
import tap
import tree

NM, ARCHIVE, MODEL = sys.argv[1:4]

# strerror and its like keep state or read the locale.
PURE = r'(malloc|calloc|realloc|free|qsort|bsearch|v?snprintf|mem[a-z]+|str(?!tok|err|sig|coll|x)[a-z]+)'
ALLOWED = {
    'base_pause.c': r'sched_yield|nanosleep',
    'base_readers.c': r'pthread_self',
    'space_table.c': PURE + r'|__cpu_(model|indicator_init)', # whether it has vectors
    'context_*': PURE + r'|posix_memalign|pthread_mutex_[a-z]+',
    'sys_sys.c': r'getpid',
    'sys_real.c': PURE + r'|__errno_location|openat|close|fcntl|ioctl|read|readlinkat|fdopendir'
                  r'|readdir|closedir|fopen|fgets|fclose|getrlimit|sysconf',
}
# What compilers put in by themselves.
COMPILER = (r'__(asan|ubsan|tsan|lsan|sanitizer|gcov|llvm|stack_chk|msan)_.*|__u?(div|mod|cmp)[a-z]*[0-9]'
            r'|_GLOBAL_OFFSET_TABLE_|__tls_get_addr')

SYSTEM_CALLS = ('open openat open64 creat close dup dup2 dup3 fcntl read pread readv write pwrite '
                'ioctl mmap munmap fopen fdopen popen opendir fdopendir readlink readlinkat stat '
                'fstat fstatat access faccessat socket syscall getrlimit setrlimit sysconf').split()
NEVER = ('getenv secure_getenv setenv exit _exit _Exit abort assert printf fprintf vprintf vfprintf '
         'puts fputs putchar perror syslog signal sigaction fork atexit dlopen').split()


def allowed(member):
    return ALLOWED.get(member) or ALLOWED.get(objects.layer(member) + '_*') or PURE


def bare(name):
    """The function behind the names that it has with fortification, large files or C23."""
    for pattern in (r'__(\w+)_chk', r'__(\w+)_2', r'__isoc\d\d_(\w+)', r'(\w+)64'):
        name = re.sub(rf'^{pattern}$', r'\1', name)
    return name


def unwanted(symbols, allowed=allowed):
    """(member, name) of what is asked of others and not allowed."""
    own = set().union(*(defined for defined, _ in symbols.values()))
    for member, (_, wanted) in sorted(symbols.items()):
        for name in sorted(wanted - own):
            if not re.fullmatch(COMPILER, name) and not re.fullmatch(allowed(member), bare(name)):
                yield member, name


def bad_words(path, text):
    words = NEVER if path == 'src/sys/real.c' else NEVER + SYSTEM_CALLS
    pattern = rf'(?<![\w.>])(?:{"|".join(words)})\s*\(|\b(?:stderr|stdout|environ)\b'
    return list(tree.matches(pattern, tree.code(text)))


class System(unittest.TestCase):
    def test_a_call_that_is_not_allowed_is_found(self):
        for member, name in (('set_a.c', 'time'), ('space_a.c', 'pthread_mutex_lock'),
                             ('backend_a.c', 'ioctl'), ('context_a.c', 'openat64'),
                             ('sys_real.c', 'abort'), ('parse_a.c', '__printf_chk'),
                             ('explain_a.c', 'strerror'), ('host_a.c', '__errno_location')):
            self.assertEqual(list(unwanted({member: (set(), {name})})), [(member, name)])

    def test_other_names_of_what_is_allowed_are_known(self):
        for member, name in (('set_a.c', '__memcpy_chk'), ('host_a.c', '__isoc23_strtoul'),
                             ('sys_real.c', 'openat64'), ('sys_real.c', '__openat64_2'),
                             ('set_a.c', '__asan_report_load8'), ('set_a.c', '__vsnprintf_chk'),
                             ('context_a.c', 'pthread_mutex_lock')):
            self.assertEqual(list(unwanted({member: (set(), {name})})), [])

    def test_a_bad_word_is_found(self):
        for line in ('fd = open(path, 0);', 'r = ioctl (fd, 1);', 'abort();', 'fputs("", stderr);'):
            self.assertTrue(bad_words('src/set/a.c', line), line)
        for line in ('sys->open(path);', '/* open(2) */', 'char *s = "read(";', 'iova_open(x);'):
            self.assertFalse(bad_words('src/set/a.c', line), line)

    def test_objects_ask_only_for_what_their_layer_may(self):
        symbols = objects.symbols(NM, ARCHIVE)
        self.assertTrue(any(wanted for _, wanted in symbols.values()))
        self.assertEqual(list(unwanted(symbols)), [])

    def test_the_model_asks_only_for_memory_and_a_lock(self):
        symbols = objects.symbols(NM, MODEL)
        self.assertTrue(any(wanted for _, wanted in symbols.values()))
        self.assertEqual(list(unwanted(symbols, lambda _: PURE + r'|pthread_mutex_[a-z]+')), [])

    def test_sources_mention_only_what_their_layer_may(self):
        for path in tree.c_files('src', 'sim'):
            with self.subTest(path):
                self.assertEqual(bad_words(path, tree.read(path)), [])


tap.run(sys.modules[__name__])

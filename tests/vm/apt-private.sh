# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Sourced by fetch-kernel, build-kernel and fetch-sysroot: apt on directories of our own, so that packages of any
# architecture can be looked up and downloaded by an ordinary user, without changing the system and
# without trusting anything but the system's own sources and keyrings (apt checks the signatures).

CACHE=${LIBIOVA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/libiova}

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

# apt_private_start ARCH: sets APT_CONFIG for the commands that follow, and refreshes the lists. They
# are always refreshed: a package named by a stale list may no longer be on the mirror.
apt_private_start() {
    local arch=$1 dir=$CACHE/apt/$1
    command -v apt-get >/dev/null || die "apt-get is missing: Debian's kernels can only be fetched on Debian"

    mkdir -p "$dir"/{state/lists/partial,cache/archives/partial,log}
    : >"$dir/state/status"

    # The system's settings (a proxy, say), less its hooks, which are meant for root; and last, so
    # that they win, our directories. APT_CONFIG is read before the system's files: these are put
    # out of the way.
    {
        env -u APT_CONFIG apt-config dump | grep -v -e '-Invoke' -e '^APT::Architectures'
        cat <<CONF
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Log "$dir/log";
Dir::State "$dir/state";
Dir::State::status "$dir/state/status";
Dir::Cache "$dir/cache";
CONF
    } >"$dir/apt.conf"
    export APT_CONFIG=$dir/apt.conf

    say "reading the package lists for $arch"
    # One unreachable source of somebody else must not stop us; a missing package is reported later.
    apt-get -q update >"$dir/log/update" 2>&1 || say "apt-get update failed: $(tail -n 1 "$dir/log/update")"
}

# apt_private_download DIR PACKAGE...: the .deb files, with their checksums verified, into DIR.
apt_private_download() {
    local dir=$1
    shift
    (cd "$dir" && apt-get -q download "$@" >&2)
}

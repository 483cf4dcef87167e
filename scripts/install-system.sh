#!/bin/sh
# System packages, only where something is missing and apt may be used; says what it does and what it leaves.
#   install-system.sh tests        what the whole test run uses: chromium, Korean fonts, a PostgreSQL server
#   install-system.sh venv PYTHON  the module venv, which Debian keeps apart from Python itself
set -eu

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have postgres || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || have initdb; }
have_chromium() { have chromium || have chromium-browser; }
have_fonts() { ! have fc-list && [ -d /usr/share/fonts/opentype/noto ] || fc-list :lang=ko 2>/dev/null | grep -q .; }

missing=""
case "${1:-}" in
    tests)
        have_chromium || missing="$missing chromium"
        have_fonts || missing="$missing fonts-noto-cjk"
        have_postgres || missing="$missing postgresql"
        ;;
    venv)
        "$2" -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3-venv"
        ;;
    *)
        echo "usage: install-system.sh tests | venv PYTHON" >&2
        exit 2
        ;;
esac

if [ -z "$missing" ]; then
    echo "System packages: all there."
    exit 0
fi

if ! have apt-get; then
    echo "System packages: missing$missing; there is no apt here, so the tests that use them are skipped."
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif have sudo && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "System packages: missing$missing; no right to install them, so the tests that use them are skipped."
    echo "To have them: sudo apt-get install$missing"
    exit 0
fi

echo "System packages: installing$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
# shellcheck disable=SC2086  # a list of names
$as_root apt-get install -q -y --no-install-recommends $missing

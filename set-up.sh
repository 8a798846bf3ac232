#!/usr/bin/env bash
# Sets up what Counterfoil needs on this machine: `./set-up.sh run` for using it, `./set-up.sh test` for developing it.
# Quick when there is nothing to do. Installs Debian packages only where it may (root and apt-get), else says which are missing.
set -euo pipefail
cd "$(dirname "$0")"
purpose="${1:?run or test}"

say() { printf '%s\n' "$*" >&2; }
stop() { say "counterfoil: $*"; exit 1; }

# --- Debian packages -------------------------------------------------------------------------------------------
# WeasyPrint draws with Pango; without harfbuzz-subset its files are larger, slower and not the same bytes each time.
packages=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter fonts-dejavu-core fonts-noto-cjk)
if [ "$purpose" = test ]; then packages+=(chromium poppler-utils); fi

missing=()
if command -v dpkg-query >/dev/null 2>&1; then
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
elif ! [ "${COUNTERFOIL_SKIP_SYSTEM:-}" = 1 ]; then
  stop "this set-up knows Debian only. Install these yourself, then run it again with COUNTERFOIL_SKIP_SYSTEM=1: ${packages[*]}"
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    stop "these Debian packages are missing: ${missing[*]}
  Install them as root: apt-get install --no-install-recommends ${missing[*]}"
  fi
fi

# --- Python packages -------------------------------------------------------------------------------------------
python3 -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 14))' ||
  stop "Python 3.11, 3.12 or 3.13 is needed; python3 here is $(python3 --version 2>&1)."
lock=requirements.lock
if [ "$purpose" = test ]; then lock=requirements-test.lock; fi
digest="$(cat "$lock" requirements-setup.lock pyproject.toml | sha256sum | cut -d' ' -f1)"
stamp=".venv/.counterfoil-$purpose"
if [ "$(cat "$stamp" 2>/dev/null || true)" = "$digest" ]; then exit 0; fi

[ -x .venv/bin/python ] || python3 -m venv .venv
say "Installing the locked Python packages ($lock, about 1 GB with what they need) …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-setup.lock
VIRTUAL_ENV="$PWD/.venv" .venv/bin/uv pip install --quiet --require-hashes -r "$lock"
VIRTUAL_ENV="$PWD/.venv" .venv/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
printf '%s' "$digest" >"$stamp"

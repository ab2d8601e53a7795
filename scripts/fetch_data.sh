#!/usr/bin/env bash
# Gets the data sets that the applications are trained and tested on.
set -euo pipefail

usage() {
    cat <<'END'
usage: scripts/fetch_data.sh [--out DIR] [--from DIR] [SET...]

Fetches public data sets, checks them and puts each into a folder of its own.
Files that are there and whole are left alone.

  SET         which sets (default: all):
                mnist   handwritten digits, 70,000 images, 11 MB
  --out DIR   data folder (default: $XDG_CACHE_HOME/neurram/data, else
              ~/.cache/neurram/data), which training and tests search too
  --from DIR  copy from a local mirror with the layout DIR/mnist/*.gz instead of
              the network (default: $NEURRAM_DATA when that is set)
  --help      this text

example: scripts/fetch_data.sh mnist
         NEURRAM_DATA=/mnt/mirror scripts/fetch_data.sh --out build/data

Exit status: 0 all sets are there, 1 a file could not be got or is damaged,
2 wrong use.
END
}

# One line per file: set, name, SHA-256 of the unpacked content. Mirrors pack the same
# content differently, so the packed files have no checksum of their own.
#
# MNIST (Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0). MD5 of the same contents:
# 6bbc9ace898e44ae57da46a324031adb, a25bea736e30d166cdddb491f175f624,
# 2646ac647ad5339dbf082846283269ea, 27ae3e4e09519cfbb04c329615203637.
FILES='
mnist train-images-idx3-ubyte.gz ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db
mnist train-labels-idx1-ubyte.gz 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
mnist t10k-images-idx3-ubyte.gz 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7
mnist t10k-labels-idx1-ubyte.gz ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2
'

# Public homes of a set, tried in turn.
homes() {
    case $1 in
        mnist)
            echo https://ossci-datasets.s3.amazonaws.com/mnist
            echo https://storage.googleapis.com/cvdf-datasets/mnist
            ;;
    esac
}

SETS=$(awk 'NF && !seen[$1]++ { print $1 }' <<<"$FILES")

fail() {
    echo "fetch_data: $2" >&2
    exit "$1"
}

digest() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

# Whether a gzipped file is whole and holds what it should.
is_good() {
    [[ -f $1 ]] && [[ $(gzip -dc -- "$1" 2>/dev/null | digest) == "$2" ]]
}

download() {
    if command -v curl >/dev/null; then
        curl --fail --silent --show-error --location --proto =https --proto-redir =https \
            --connect-timeout 20 --retry 2 --output "$2" "$1"
    elif command -v wget >/dev/null; then
        wget --quiet --https-only --timeout=20 --tries=3 --output-document="$2" "$1"
    else
        fail 1 "neither curl nor wget is installed"
    fi
}

partial=
trap '[[ -z $partial ]] || rm -f -- "$partial"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# get SET NAME SHA256: a file appears under its name only once it is checked.
get() {
    local folder=$out/$1 name=$2 sum=$3 target=$out/$1/$2 home
    if is_good "$target" "$sum"; then
        echo "$1/$name: there already"
        return
    fi
    mkdir -p -- "$folder" || fail 1 "cannot make $folder"
    partial=$(mktemp -- "$folder/.$name.XXXXXX") || fail 1 "cannot write to $folder"
    if [[ -n $from ]]; then
        [[ -f $from/$1/$name ]] || fail 1 "$from/$1/$name: no such file"
        cp -- "$from/$1/$name" "$partial" || fail 1 "cannot copy $from/$1/$name"
        is_good "$partial" "$sum" || fail 1 "$from/$1/$name: damaged, its checksum is wrong"
        home=$from/$1
    else
        for home in $(homes "$1") ''; do
            [[ -n $home ]] || fail 1 "$1/$name: no public home delivered it whole; \
with a local copy, name its folder with --from or NEURRAM_DATA"
            echo "$1/$name: from $home"
            download "$home/$name" "$partial" || continue
            is_good "$partial" "$sum" && break
            echo "$1/$name: checksum is wrong" >&2
        done
    fi
    chmod 644 -- "$partial"
    mv -f -- "$partial" "$target"
    partial=
    echo "$1/$name: checked, from $home"
}

out=${XDG_CACHE_HOME:-${HOME:-}/.cache}/neurram/data
from=${NEURRAM_DATA:-}
wanted=()
while (($#)); do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --out | --from)
            if (($# < 2)) || [[ -z $2 ]]; then fail 2 "$1 needs a folder"; fi
            if [[ $1 == --out ]]; then out=$2; else from=$2; fi
            shift
            ;;
        -*) fail 2 "unknown option $1 (see --help)" ;;
        *)
            grep -qx -e "$1" <<<"$SETS" || fail 2 "unknown set $1; known: ${SETS//$'\n'/ }"
            wanted+=("$1")
            ;;
    esac
    shift
done
[[ -z $from || -d $from ]] || fail 1 "$from: no such folder (from --from or NEURRAM_DATA)"
((${#wanted[@]})) || mapfile -t wanted <<<"$SETS"

for set in "${wanted[@]}"; do
    while read -r owner name sum; do
        [[ $owner != "$set" ]] || get "$set" "$name" "$sum"
    done <<<"$FILES"
done
echo "data in $out"

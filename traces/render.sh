#!/usr/bin/env bash
# Renders a GTKWave save file on a waveform to a PNG without a screen.
#   traces/render.sh WAVE SAVE.gtkw OUT.png
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,3s/^# \{0,1\}//p' "$0" >&2; exit 2; }
for program in gtkwave xvfb-run import; do
  command -v "$program" >/dev/null || { echo "render.sh: needs $program (Debian: gtkwave xvfb imagemagick)" >&2; exit 2; }
done
for file in "$1" "$2"; do
  [ -r "$file" ] || { echo "render.sh: $file: cannot be read" >&2; exit 2; }
done
read -r width height < <(sed -n 's/^\[size\] //p' "$2")
frame=118     # pixels of title, buttons and frame above the waves
border=8      # left of them
scrollbar=14  # beside and below them
crop="$((width - border - scrollbar))x$((height - frame - scrollbar))+$border+$frame"
xvfb-run -a -s "-screen 0 ${width}x${height}x24" bash -c '
  gtkwave -W -r /dev/null "$1" "$2" --rcvar "hide_sst on" --rcvar "splash_disable on" \
    --rcvar "fontname_signals Monospace 10" --rcvar "fontname_waves Monospace 9" >/dev/null 2>&1 < <(sleep 6) &
  sleep 4
  import -window root -crop "$4" +repage -strip "$3"
  kill $! 2>/dev/null || true
' _ "$1" "$2" "$3" "$crop"

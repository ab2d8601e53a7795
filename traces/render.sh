#!/usr/bin/env bash
# Renders a GTKWave save file on a waveform to a PNG without a screen.
#   traces/render.sh WAVE.vcd SAVE.gtkw OUT.png
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,3s/^# \{0,1\}//p' "$0" >&2; exit 2; }
for program in gtkwave xvfb-run import; do
  command -v "$program" >/dev/null || { echo "render.sh: needs $program (Debian: gtkwave xvfb imagemagick)" >&2; exit 2; }
done
xvfb-run -a -s "-screen 0 1400x620x24" bash -c '
  gtkwave -W -r /dev/null "$1" "$2" --rcvar "hide_sst on" --rcvar "splash_disable on" --rcvar "fontname_signals Monospace 10" --rcvar "fontname_waves Monospace 9" >/dev/null 2>&1 < <(sleep 6) &
  sleep 4
  import -window root -crop 1400x500+0+98 +repage "$3"
  kill %1 2>/dev/null || true
' _ "$1" "$2" "$3"

# shellcheck shell=bash
# What .ci/run is made of: steps that are timed and counted, a second lane beside them, and the sum. Sourced; test/tidy/ci.spec.ts has it run small steps.
#
# A step that crashes, reports nothing, or fails without a count counts as one failure more, and so does a lane that ends before its last step: the last line
# never says 0 failed while something is wrong.

scratch="$(mktemp -d)"
lane=main
lane_pid=
lane_counts="$scratch/counts"
lane_output="$scratch/said"
passed=0
failed=0
report=()

leave() {
  if [ -n "$lane_pid" ]; then
    kill -TERM "$lane_pid" 2>/dev/null
    wait "$lane_pid" 2>/dev/null
    cat "$lane_output" 2>/dev/null
  fi
  rm -rf "$scratch"
}
trap leave EXIT
trap 'exit 130' INT TERM

# note NAME PASSED FAILED: adds to the sums and to the report, with the time since the last note of the lane.
note() {
  local seconds=$((SECONDS - ${noted_at:-0}))
  noted_at=$SECONDS
  if [ "$lane" = beside ]; then
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$seconds" >>"$lane_counts"
  else
    add "$1" "$2" "$3" "$seconds"
  fi
}

add() {
  passed=$((passed + $2))
  failed=$((failed + $3))
  report+=("$(printf '%-34s %8d ok %6d not ok %6d s' "$1" "$2" "$3" "$4")")
}

# not_run NAME: a failure, unless CI=false.
not_run() {
  if [ "$CI" = false ]; then note "$1: NOT RUN" 0 0; else note "$1: NOT RUN" 0 1; fi
}

# step NAME SECONDS COMMAND…: runs it with its output indented and kept in $scratch/out.LANE; returns its exit code.
step() {
  local name="$1" seconds="$2" out="$scratch/out.$lane" code
  shift 2
  printf '\n── %s\n' "$name"
  if [ "$lane" = beside ]; then
    # To be ended, it must not stand in the foreground: bash hears of no signal until that has ended.
    timeout --kill-after=30 "$seconds" "$@" >"$out" 2>&1 &
    wait "$!"
    code=$?
    sed 's/^/   /' "$out"
  else
    timeout --kill-after=30 "$seconds" "$@" 2>&1 | tee "$out" | sed 's/^/   /'
    code="${PIPESTATUS[0]}"
  fi
  [ "$code" -eq 124 ] && printf '   timed out after %s s\n' "$seconds"
  return "$code"
}

# counted NAME SECONDS COMMAND…: a step whose own last `N passed, N failed` line is its count.
counted() {
  local name="$1" code line ok=0 bad=0
  : >"$scratch/out.$lane"
  step "$@"
  code=$?
  line="$(grep -Eo '[0-9]+ passed, [0-9]+ failed' "$scratch/out.$lane" | tail -n 1)"
  if [ -n "$line" ]; then
    ok="${line%% *}"
    bad="${line#*, }"
    bad="${bad%% *}"
  fi
  # An exit code that its count does not explain, or no work at all, is a failure of its own.
  if [ -z "$line" ] || { [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; } || [ $((ok + bad)) -eq 0 ]; then bad=$((bad + 1)); fi
  note "$name" "$ok" "$bad"
}

# beside FUNCTION: begins it in a lane of its own, at the lowest priority. What it says is printed by joined.
beside() {
  : >"$lane_counts"
  (
    lane=beside
    noted_at=$SECONDS
    trap end_lane TERM
    renice -n 19 -p "$BASHPID" >/dev/null 2>&1
    "$@"
    printf 'end\n' >>"$lane_counts"
  ) >"$lane_output" 2>&1 &
  lane_pid=$!
}

# On its signal the lane ends its step first, and then what the step left behind: timeout gives each a process group of its own.
end_lane() {
  local group
  group="$(jobs -p)"
  if [ -n "$group" ]; then
    kill -TERM "$group" 2>/dev/null
    wait
    kill -KILL -- "-$group" 2>/dev/null
  fi
  exit 143
}

# joined: waits for the lane beside, prints what it said, and adds what it counted.
joined() {
  local name ok bad seconds ended=
  wait "$lane_pid"
  lane_pid=
  cat "$lane_output"
  while IFS=$'\t' read -r name ok bad seconds; do
    if [ "$name" = end ]; then ended=1; else add "$name" "$ok" "$bad" "$seconds"; fi
  done <"$lane_counts"
  [ -n "$ended" ] || add 'the lane beside ended early' 0 1 0
  noted_at=$SECONDS
}

finish() {
  printf '\n── sum\n'
  printf '   %s\n' "${report[@]}"
  printf '   %d min %d s\n' $((SECONDS / 60)) $((SECONDS % 60))
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

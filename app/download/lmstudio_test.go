package download

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// tool writes a program that stands for LM Studio's. Tests that start some are not parallel: a program that is being
// started could inherit the file while it is written, and then that cannot be started (ETXTBSY).
func tool(t *testing.T, script string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the tool of these tests is a shell script")
	}
	path := filepath.Join(t.TempDir(), "lms")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// what the tool of lmstudio-ai/lms prints while it downloads.
const progressOfLMS = "\x1b[?25l\x1b[s\r\x1b[2K⠋ [████▏    ] 25.00% | 1.00 GB / 4.00 GB | 20.00 MB/s | ETA 02:30          \x1b[u" +
	"\x1b[?25l\x1b[s\r⠙ [█████████] 50.00% | 2.00 GB / 4.00 GB | 20.00 MB/s | ETA 01:40          \x1b[u"

func TestLMS(t *testing.T) {
	for name, tt := range map[string]struct {
		script, model string
		want          []int64 // completed
		cause         Cause
	}{
		"done":     {`printf '%s\n' "$PROGRESS"; [ "$1 $2 $3" = "get --yes llama-3.2-3b" ]`, "llama-3.2-3b:latest", []int64{1e9, 2e9}, ""},
		"unknown":  {`echo 'Error: No models found with the specified search criteria.' >&2; exit 1`, "nothing", nil, UnknownName},
		"an order": {`exit 0`, "--mlx", nil, UnknownName},
		"silent":   {`exit 3`, "some", nil, Unclear},
		"a flood":  {`head -c 300000 /dev/zero | tr '\0' x; exec sleep 60`, "some", nil, Nonsense},
	} {
		t.Run(name, func(t *testing.T) {
			path := tool(t, "PROGRESS='"+progressOfLMS+"'\n"+tt.script)
			var got []int64
			err := runLMS(path, tt.model)(t.Context(), func(said line) error {
				got = append(got, said.Completed)
				if said.Total != 4e9 {
					t.Errorf("%+v", said)
				}
				return nil
			})
			cause := Cause("")
			if err != nil {
				cause = judge(err).cause
			}
			if !slices.Equal(got, tt.want) || cause != tt.cause {
				t.Errorf("%v, %v; want %v, %s", got, err, tt.want, tt.cause)
			}
		})
	}
}

// TestLMSIsStopped: whoever pauses is asked whether to go on in the background, and says no.
func TestLMSIsStopped(t *testing.T) {
	told := filepath.Join(t.TempDir(), "answer")
	path := tool(t, "TOLD='"+told+"'\n"+`trap 'read answer; echo "$answer" >"$TOLD"; exit 1' INT
printf '\r[] 10.00%% | 1.00 GB / 4.00 GB |\r'
while true; do sleep 0.05; done`)
	ctx, cancel := context.WithCancel(t.Context())
	err := runLMS(path, "some")(ctx, func(line) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	if answer, err := os.ReadFile(told); err != nil || strings.TrimSpace(string(answer)) != "n" {
		t.Errorf("it was told %q, %v", answer, err)
	}
}

package download

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// lmsEndsWithin is how long LM Studio's tool gets to end when it is asked to.
const lmsEndsWithin = 5 * time.Second

// lmsPath is where LM Studio's command line tool is: in the PATH, or where LM Studio puts it
// (https://lmstudio.ai/docs/cli). It is empty where there is none.
func lmsPath() string {
	if path, err := exec.LookPath("lms"); err == nil {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	name := "lms"
	if runtime.GOOS == "windows" {
		name = "lms.exe"
	}
	path := filepath.Join(home, ".lmstudio", "bin", name)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return path
}

// runLMS is the source of an LM Studio: its command line tool at path.
//
// The tool asks whether to go on in the background when it is interrupted, and takes its own end for a yes
// (lmstudio-ai/lms, src/subcommands/get.ts); so it is interrupted and told no. LM Studio keeps what has come.
func runLMS(path, model string) source {
	return func(ctx context.Context, tell func(line) error) error {
		name := strings.TrimSuffix(model, ":latest")
		if name == "" || strings.HasPrefix(name, "-") {
			return refusal("invalid model name")
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		out, in := io.Pipe()
		cmd, err := lmsCommand(ctx, path, name, in)
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errGone, err)
		}
		ended := make(chan error, 1)
		go func() {
			ended <- cmd.Wait()
			_ = in.Close()
		}()
		last, err := readLMS(out, tell)
		_ = out.Close() // it may have more to say than anybody wants to hear
		if err != nil {
			cancel()
		}
		switch failed := <-ended; {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case failed != nil:
			return refusal(last)
		}
		return nil
	}
}

// lmsCommand is the tool, which ends soon after ctx.
func lmsCommand(ctx context.Context, path, name string, out io.Writer) (*exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, path, "get", "--yes", name)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay, cmd.SysProcAttr = lmsEndsWithin, unseen()
	answers, err := cmd.StdinPipe()
	cmd.Cancel = func() error {
		if runtime.GOOS == "windows" { // which has no interrupts for other programs
			return cmd.Process.Kill()
		}
		_, _ = io.WriteString(answers, "n\n")
		return cmd.Process.Signal(os.Interrupt)
	}
	return cmd, err
}

// amounts is how the tool tells how far it is: "] 12.34% | 1.20 GB / 4.00 GB | ...".
var amounts = regexp.MustCompile(`([\d.]+)\s*([KMGT]?B)\s*/\s*([\d.]+)\s*([KMGT]?B)`)

// escapes are what moves the cursor and sets colours (ECMA-48: CSI).
var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// readLMS reads what the tool prints to its end, and returns the last that it said in words.
func readLMS(r io.Reader, tell func(line) error) (last string, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), longestLine)
	lines.Split(splitLMS)
	for lines.Scan() {
		text := strings.TrimSpace(escapes.ReplaceAllString(lines.Text(), ""))
		found := amounts.FindStringSubmatch(text)
		if found == nil {
			if text != "" {
				last = text
			}
			continue
		}
		said := line{Digest: "lms", Completed: bytesOf(found[1], found[2]), Total: bytesOf(found[3], found[4])}
		if err := tell(said); err != nil {
			return last, err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return last, fmt.Errorf("%w: %w", errNonsense, lines.Err())
	}
	return last, nil
}

// splitLMS splits at ends of lines, and where a line is written anew.
func splitLMS(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// bytesOf reads a size in decimal units.
func bytesOf(number, unit string) int64 {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0
	}
	for _, u := range []string{"TB", "GB", "MB", "KB"} {
		if unit == u {
			n *= 1000
			unit = map[string]string{"TB": "GB", "GB": "MB", "MB": "KB", "KB": "B"}[u]
		}
	}
	return int64(min(n, 2*mostBytes))
}

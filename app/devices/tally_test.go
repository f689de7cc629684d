package devices

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"modelbeam/app/store"
)

// guestOf is what the files at path say of the one guest in them.
func guestOf(t *testing.T, path string) Device {
	t.Helper()
	for _, d := range open(t, path).List() {
		if d.Pass != nil {
			return d
		}
	}
	t.Fatal("there is no guest")
	return Device{}
}

// spend makes requests one after the other.
func spend(t *testing.T, s *Store, id string, times int) {
	t.Helper()
	for range times {
		if ok, err := s.Spend(id, 1); !ok || err != nil {
			t.Fatalf("%v, %v", ok, err)
		}
	}
}

// newGuest makes a list with a guest who has used 3 requests, all of them in the tally.
func newGuest(t *testing.T) (s *Store, path string, d Device) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "devices.json")
	s = open(t, path)
	d, _, err := s.Add("guest", &Pass{Requests: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	before := statOf(path)
	spend(t, s, d.ID, 3)
	if !store.Same(before, statOf(path)) {
		t.Fatal("the list was written for a request")
	}
	return s, path, d
}

// TestTally: what guests have used is read with the list, and is in it as soon as that is written, by
// whichever process.
func TestTally(t *testing.T) {
	s, path, d := newGuest(t)
	if got := guestOf(t, path); got.Pass.Used != 3 {
		t.Errorf("used: %d, want 3", got.Pass.Used)
	}
	other := open(t, path)
	if _, err := other.Rename(d.ID, "renamed"); err != nil {
		t.Fatal(err)
	}
	if statOf(s.files.tally) != nil {
		t.Error("a list that was written has a tally")
	}
	spend(t, s, d.ID, 1)
	spend(t, other, d.ID, 1)
	spend(t, s, d.ID, 1)
	if got := guestOf(t, path); got.Pass.Used != 6 || got.Name != "renamed" {
		t.Errorf("%+v has used %d, want 6", got, got.Pass.Used)
	}
	if _, err := s.Renew(d.ID, &Pass{Requests: 5}); err != nil {
		t.Fatal(err)
	}
	spend(t, s, d.ID, 2)
	if got := guestOf(t, path); got.Pass.Used != 2 {
		t.Errorf("used of a new pass: %d, want 2", got.Pass.Used)
	}
}

// TestTallyAfterACrash: whatever a crash or a hand has left in the place of a tally, nothing that was
// counted is counted twice, nothing is lost that is whole, and guests go on.
func TestTallyAfterACrash(t *testing.T) {
	_, path, d := newGuest(t)
	list, tally := path, filesAt(path).tally
	whole, err := os.ReadFile(tally)
	if err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	room := strings.TrimLeft(string(whole), strings.Trim(string(whole), "\n"))
	lines := string(bytes.TrimRight(whole, "\n"))
	head, rest, _ := strings.Cut(lines, "\n")
	for name, c := range map[string]struct {
		tally string
		want  int
	}{
		"whole":                     {lines + room, 3},
		"cut off in a line":         {lines[:len(lines)-1] + room, 2},
		"cut off at its first byte": {lines + "\n{" + room, 3},
		"with a hole":               {head + "\n\n" + rest + room, 0},
		"cut off in the head":       {head[:20] + room, 0},
		"of a list before":          {strings.Replace(lines, head[:12], `{"list":"000`, 1) + room, 0},
		"with zeros at its end":     {lines + "\n" + strings.Repeat("\x00", 100) + room, 3},
		"with a line of something":  {lines + "\nsomething\n" + `{"` + d.ID + `":90}` + room, 3},
		"of a device that is gone":  {lines + "\n" + `{"0badcafe":7}` + room, 3},
		"without room":              {lines, 3},
		"empty":                     {"", 0},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(list, old, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(tally, []byte(c.tally), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := guestOf(t, path); got.Pass.Used != c.want {
				t.Errorf("used: %d, want %d", got.Pass.Used, c.want)
			}
			s := open(t, path)
			for n := range 2 {
				spend(t, s, d.ID, 1)
				if got := guestOf(t, path); got.Pass.Used != c.want+n+1 {
					t.Errorf("after %d more: %d, want %d", n+1, got.Pass.Used, c.want+n+1)
				}
			}
		})
	}
}

// TestKilledBetweenListAndTally: a tally that is left behind counts no more.
func TestKilledBetweenListAndTally(t *testing.T) {
	s, path, d := newGuest(t)
	left, err := os.ReadFile(s.files.tally)
	if err != nil {
		t.Fatal(err)
	}
	spend(t, s, d.ID, 2)
	if _, err := s.Rename(d.ID, "renamed"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.files.tally, left, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, store := range []*Store{s, open(t, path)} {
		spend(t, store, d.ID, 1)
	}
	if got := guestOf(t, path); got.Pass.Used != 7 {
		t.Errorf("used: %d, want 7", got.Pass.Used)
	}
}

// TestTallyIsNotEndless: where there is no room for another line the list is written, and the next tally
// begins.
func TestTallyIsNotEndless(t *testing.T) {
	s, path, d := newGuest(t)
	s.files.room = 300
	if _, err := s.Rename(d.ID, "renamed"); err != nil { // which ends the tally that has more
		t.Fatal(err)
	}
	lists, used := 1, 3
	for lists < 3 {
		before := statOf(path)
		spend(t, s, d.ID, 1)
		if used++; !store.Same(before, statOf(path)) {
			lists++
		}
		if info := statOf(s.files.tally); info != nil && info.Size() != 300 {
			t.Fatalf("the tally has %d bytes", info.Size())
		}
		if used > 300 {
			t.Fatal("the list is never written")
		}
	}
	spend(t, s, d.ID, 1)
	if got := guestOf(t, path); got.Pass.Used != used+1 {
		t.Errorf("used: %d, want %d", got.Pass.Used, used+1)
	}
}

// TestSameMoment: what two processes add at the same moment, by the clock of the file system, is all counted.
func TestSameMoment(t *testing.T) {
	s, path, d := newGuest(t)
	other := open(t, path)
	moment := time.Now().Truncate(time.Second)
	for n := range 20 {
		for _, store := range []*Store{s, other} {
			spend(t, store, d.ID, 1)
			if err := os.Chtimes(s.files.tally, moment, moment); err != nil {
				t.Fatal(err)
			}
			store.mu.Lock()
			store.disk.tallyInfo = statOf(s.files.tally)
			store.mu.Unlock()
		}
		if got := guestOf(t, path); got.Pass.Used != 3+2*(n+1) {
			t.Fatalf("used: %d, want %d", got.Pass.Used, 3+2*(n+1))
		}
	}
}

// TestTallyCannotBeWritten: then the list is.
func TestTallyCannotBeWritten(t *testing.T) {
	for name, lay := range map[string]func(tally string) error{
		"a folder": func(tally string) error { return os.MkdirAll(filepath.Join(tally, "full"), 0o700) },
		"a link":   func(tally string) error { return os.Symlink(tally+".else", tally) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "devices.json")
			s := open(t, path)
			d, _, err := s.Add("guest", &Pass{Requests: 100})
			if err != nil {
				t.Fatal(err)
			}
			if err := lay(s.files.tally); err != nil {
				t.Fatal(err)
			}
			for _, store := range []*Store{s, open(t, path), s} {
				spend(t, store, d.ID, 1)
			}
			if got := guestOf(t, path); got.Pass.Used != 3 {
				t.Errorf("used: %d, want 3", got.Pass.Used)
			}
			if statOf(s.files.tally+".else") != nil {
				t.Error("a link was followed")
			}
		})
	}
}

// TestKilledWhileSpending kills a process in which guests make requests as fast as they can, again and
// again, while another one edits the list: no request that went on is given back.
func TestKilledWhileSpending(t *testing.T) {
	path := filepath.Join(t.TempDir(), "devices.json")
	s := open(t, path)
	d, _, err := s.Add("guest", &Pass{Requests: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for round := range 20 {
		told += killWhileSpending(t, path, d.ID)
		if got := guestOf(t, path).Pass.Used; got < told {
			t.Fatalf("round %d: %d requests went on, and %d are counted", round, told, got)
		}
		if round%3 == 0 {
			if _, err := s.Rename(d.ID, "renamed"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// killWhileSpending lets a process make some requests and returns how many it told of.
func killWhileSpending(t *testing.T, path, id string) (told int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "DEVICES_TEST_SPEND_FOREVER="+path, "DEVICES_TEST_ID="+id)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	for ; told < 20; told++ {
		if _, err := r.ReadByte(); err != nil {
			t.Fatal(err)
		}
	}
	_ = cmd.Process.Kill()
	rest, _ := io.ReadAll(r)
	_ = cmd.Wait()
	return told + len(rest)
}

// spendForever is the process that gets killed: it prints one byte for every request that may go on.
func spendForever(path, id string) {
	s, err := Open(path)
	if err != nil {
		os.Exit(1)
	}
	for range 4 {
		go func() {
			for {
				if ok, err := s.Spend(id, 1); !ok || err != nil {
					os.Exit(1)
				}
				_, _ = os.Stdout.Write([]byte{'.'})
			}
		}()
	}
	for {
		if err := s.Saw(map[string]Sight{id: {At: s.List()[0].LastSeen.Add(1e9)}}); err != nil {
			os.Exit(1)
		}
	}
}

// FuzzTally reads tallies that anybody may have written: none changes who is let in.
func FuzzTally(f *testing.F) {
	for _, tail := range []string{"", "{}\n", `{"0badcafe":7}`, `{"0badcafe":7}` + "\n", "null\n", `{"0badcafe":-1}` + "\n{", "\x00\n"} {
		f.Add([]byte(tail))
	}
	list := []Device{
		{ID: "0badcafe", Hash: hash("mb_guest"), Pass: &Pass{Requests: 9}},
		{ID: "00c0ffee", Hash: hash("mb_phone")},
	}
	path := filepath.Join(f.TempDir(), "devices.json")
	f.Fuzz(func(t *testing.T, tail []byte) {
		if err := store.Save(path, list); err != nil {
			t.Fatal(err)
		}
		if err := store.NewLines(filesAt(path).tally, append(append(tallyHead(list), '\n'), tail...), tallyRoom); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		v := s.current.Load()
		if len(v.devices) != 2 || v.devices[0].Hash != list[0].Hash || v.devices[0].Pass.Requests != 9 || v.devices[1].Pass != nil {
			t.Errorf("the tally made %+v", v.devices)
		}
	})
}

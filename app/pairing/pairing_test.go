package pairing

import (
	"errors"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestCodeWorksOnce(t *testing.T) {
	var c Codes
	shown, _ := c.New()
	if !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(shown) {
		t.Errorf("shown as %q", shown)
	}
	if err := c.Use(shown); err != nil {
		t.Fatal(err)
	}
	if err := c.Use(shown); !errors.Is(err, ErrUsed) {
		t.Errorf("second use: %v", err)
	}
}

func TestCodeAsTyped(t *testing.T) {
	for _, typed := range []func(string) string{
		strings.ToLower,
		func(s string) string { return strings.ReplaceAll(s, "-", "") },
		func(s string) string { return " " + strings.ReplaceAll(s, "-", " ") + " " },
		func(s string) string { return strings.ReplaceAll(s, "0", "o") },
		func(s string) string { return strings.ReplaceAll(s, "1", "l") },
		func(s string) string { return strings.ReplaceAll(s, "1", "I") },
	} {
		var c Codes
		shown, _ := c.New()
		if err := c.Use(typed(shown)); err != nil {
			t.Errorf("%q typed for %q: %v", typed(shown), shown, err)
		}
	}
}

func TestWrongCodes(t *testing.T) {
	var c Codes
	for _, wrong := range []string{"", "-", "0000-0000", strings.Repeat("0", 1000)} {
		if err := c.Use(wrong); !errors.Is(err, ErrWrong) {
			t.Errorf("before any code, %.10q: %v", wrong, err)
		}
	}
	shown, _ := c.New()
	for _, wrong := range []string{"", shown[:8], shown + "0"} {
		if err := c.Use(wrong); !errors.Is(err, ErrWrong) {
			t.Errorf("%q for %q: %v", wrong, shown, err)
		}
	}
}

func TestCodeExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Codes
		first, _ := c.New()
		time.Sleep(Life - time.Second)
		second, _ := c.New()
		if err := c.Use(first); err != nil {
			t.Errorf("in its last second, with a newer code out: %v", err)
		}
		time.Sleep(Life + time.Second)
		if err := c.Use(second); !errors.Is(err, ErrUsed) {
			t.Errorf("after its life: %v", err)
		}
		time.Sleep(memory)
		c.New()
		if err := c.Use(second); !errors.Is(err, ErrWrong) {
			t.Errorf("long after its life: %v, want it forgotten", err)
		}
	})
}

func TestRevoke(t *testing.T) {
	var c Codes
	shown, _ := c.New()
	c.Revoke()
	if err := c.Use(shown); !errors.Is(err, ErrUsed) {
		t.Errorf("got %v", err)
	}
}

func TestTwoPhonesOneCode(t *testing.T) {
	var c Codes
	shown, _ := c.New()
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if c.Use(shown) == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d phones paired with one code", won.Load())
	}
}

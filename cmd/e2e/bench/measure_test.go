package bench

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"modelbeam/cmd/e2e/load"
)

// measureShort asks one short chat after the other.
func measureShort(c *column, _ string) ([]float64, []error) {
	const warm, n = 100, 1500
	client := load.NewClient(c.host().program.address)
	defer client.Close()
	var took []float64
	var errs []error
	before := 0.0
	for i := range warm + n {
		if i == warm {
			before = c.host().program.cpu()
		}
		request := c.request(load.Quick, "", 0)
		began := time.Now()
		a, err := client.Ask(request, nil)
		if i >= warm {
			took = append(took, micros(time.Since(began)))
		}
		errs = append(errs, c.check(load.Quick, a, err))
	}
	cpu := (c.host().program.cpu() - before) / n
	return []float64{cpu, percentile(took, 50)}, errs
}

func measureAtOnce(c *column, _ string) ([]float64, []error) {
	return c.hammer(load.Quick, "", 5000)
}

// history is what a chat of some length has: more than the buffers of net/http hold, so that the server
// has begun to answer before the last part has left the proxy, and less than what nginx puts into a file.
var history = strings.Repeat(" history", 3<<8)

func measureLoss(c *column, _ string) ([]float64, []error) {
	return c.hammer(load.Early, history, 20_000/rounds(5))
}

// hammer has 32 workers ask so many questions in all.
func (c *column) hammer(model, text string, total int) ([]float64, []error) {
	const workers = 32
	errs := make([]error, total)
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range workers {
		all.Go(func() {
			client := load.NewClient(c.host().program.address)
			defer client.Close()
			request := c.request(model, text, 0)
			for i := next.Add(1) - 1; i < int64(total); i = next.Add(1) - 1 {
				if c.variant.header != nil {
					request = c.request(model, text, 0)
				}
				a, err := client.Ask(request, nil)
				errs[i] = c.check(model, a, err)
			}
		})
	}
	all.Wait()
	return []float64{float64(total) / time.Since(began).Seconds()}, errs
}

func measurePaced(c *column, _ string) ([]float64, []error) {
	// People do not press Send in the same instant.
	firsts, delays, errs := c.paced(50, 3*time.Millisecond)
	return []float64{percentile(firsts, 50), percentile(firsts, 99), percentile(delays, 50), percentile(delays, 99)}, errs
}

func measurePaced400(c *column, _ string) ([]float64, []error) {
	firsts, delays, errs := c.paced(400, 0)
	return []float64{percentile(delays, 99), percentile(firsts, 99) / 1000}, errs
}

// paced reads so many streams, which begin with a time between them. It returns how long the first
// pieces took from the question on, and how long all others did from when the server wrote them, in
// microseconds.
func (c *column) paced(streams int, between time.Duration) (firsts, delays []float64, errs []error) {
	errs = make([]error, streams)
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range streams {
		all.Go(func() {
			first, later, err := c.pacedStream()
			errs[i] = err
			mu.Lock()
			defer mu.Unlock()
			firsts, delays = append(firsts, first), append(delays, later...)
		})
		if between > 0 {
			time.Sleep(between)
		}
	}
	all.Wait()
	return firsts, delays, errs
}

func (c *column) pacedStream() (first float64, later []float64, err error) {
	later = make([]float64, 0, load.Pieces[load.Paced])
	client := load.NewClient(c.host().program.address)
	defer client.Close()
	var broken error
	request := c.request(load.Paced, "", 0)
	began := time.Now()
	a, err := client.Ask(request, func(text []byte) {
		now := time.Now()
		sent, err := load.Time(text)
		broken = cmp.Or(broken, err)
		if first == 0 {
			first = micros(now.Sub(began))
			return
		}
		later = append(later, micros(now.Sub(sent)))
	})
	return first, later, cmp.Or(broken, c.check(load.Paced, a, err))
}

func measureFlood(c *column, _ string) ([]float64, []error) {
	client := load.NewClient(c.host().program.address)
	defer client.Close()
	began := time.Now()
	a, err := client.Ask(c.request(load.Flood, "", 0), nil)
	return []float64{float64(a.Pieces) / time.Since(began).Seconds()}, []error{c.check(load.Flood, a, err)}
}

// measureOpen opens streams, and lets them go on when all are open.
func measureOpen(c *column, server string) ([]float64, []error) {
	const streams, atOnce = 2000, 32
	_, _ = c.hammer(load.Quick, "", 200) // what is set up once does not count
	before := c.host().program.memory("VmRSS")
	errs := make([]error, streams)
	turns := make(chan struct{}, atOnce)
	var opened, all sync.WaitGroup
	for i := range streams {
		turns <- struct{}{}
		opened.Add(1)
		all.Go(func() {
			open := sync.OnceFunc(func() { <-turns; opened.Done() })
			defer open()
			client := load.NewClient(c.host().program.address)
			defer client.Close()
			a, err := client.Ask(c.request(load.Hold, "", 0), func([]byte) { open() })
			errs[i] = c.check(load.Hold, a, err)
		})
	}
	opened.Wait()
	each := (c.host().program.memory("VmRSS") - before) / streams
	if err := load.Release(server); err != nil {
		errs = append(errs, err)
	}
	all.Wait()
	peak := c.host().program.memory("VmHWM") / 1024
	return []float64{each, peak}, errs
}

// measureUpload sends eight photos at once.
func measureUpload(c *column, _ string) ([]float64, []error) {
	const uploads, size = 8, 20 << 20
	_, _ = c.hammer(load.Quick, "", 200)
	before := c.host().program.memory("VmRSS")
	errs := make([]error, uploads)
	var all sync.WaitGroup
	began := time.Now()
	for i := range uploads {
		all.Go(func() { errs[i] = c.upload(size) })
	}
	all.Wait()
	speed := uploads * size / 1e6 / time.Since(began).Seconds()
	return []float64{speed, (c.host().program.memory("VmHWM") - before) / 1024}, errs
}

func (c *column) upload(size int) error {
	client := load.NewClient(c.host().program.address)
	defer client.Close()
	request := c.request(load.Sink, "", size)
	if err := client.Send(request); err != nil {
		return err
	}
	block := bytes.Repeat([]byte("A"), 64<<10)
	for left := size - len(end); left > 0; left -= len(block) {
		if err := client.Send(block[:min(left, len(block))]); err != nil {
			return err
		}
	}
	if err := client.Send([]byte(end)); err != nil {
		return err
	}
	_, body, _ := bytes.Cut(request, []byte("\r\n\r\n"))
	came := ""
	a, err := client.Receive(func(text []byte) { came = string(text) })
	if err := c.check(load.Sink, a, err); err != nil {
		return err
	}
	if came != strconv.Itoa(len(body)+size) {
		return fmt.Errorf("of %d bytes that were sent, %s came", len(body)+size, came)
	}
	return nil
}

package bench

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"
)

// printTable prints a line for each value: Modelbeam's with their proportion to nginx's, those of its
// variants with that to its own plain ones, and what beam's are to be.
func printTable(to io.Writer, rows []row, columns []*column) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprint(w, "\nfigure\t")
	for _, c := range columns {
		fmt.Fprintf(w, "%s\t", c.heading())
	}
	fmt.Fprintln(w, "goal\t")
	for _, r := range rows {
		for i, v := range r.values {
			fmt.Fprintf(w, "%s: %s\t", r.title, v.name)
			for _, c := range columns {
				fmt.Fprintf(w, "%s\t", c.cell(r, i, named(columns, "nginx")))
			}
			fmt.Fprintf(w, "%s\t\n", v.goal)
		}
	}
}

func (c *column) heading() string {
	switch {
	case c.base != nil:
		return c.name + " (/" + c.base.name + ")"
	case c.beam:
		return c.name + " (/nginx)"
	}
	return c.name
}

// cell is a value, its proportion, and what was lost of that row.
func (c *column) cell(r row, i int, nginx *column) string {
	v, ok := c.values[r.key(i)]
	if !ok || math.IsNaN(v) {
		return "-"
	}
	text := number(v)
	other := nginx
	if c.base != nil {
		other = c.base
	}
	if c.beam && other != nil && other.values[r.key(i)] > 0 {
		text += fmt.Sprintf(" (%.2fx)", v/other.values[r.key(i)])
	}
	if l := c.losses[r.name]; l.lost > 0 && i == len(r.values)-1 {
		text += fmt.Sprintf(", %d of %d lost", l.lost, l.asked)
	}
	return text
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }

// Package ui is the desktop window of Modelbeam, on Fyne.
//
// One [app.State] comes in, button presses go out to the [Controller]. Each part of the window
// is a small struct with a show method that takes the whole State and changes only what
// differs, so that a press, a hover or a scroll position survives a new State. Everything here
// runs on Fyne's goroutine; [UI.receive] is the one place that hops onto it.
package ui

// Package ui is the terminal interface: screens on a stack, walked from the
// dashboard down to one key.
//
// [New] returns the one tea.Model of the program, used alike on the local
// terminal and for every remote session; [Run] runs it on a terminal, and
// [RunLines] asks the same line by line. Screens ask a [model.Session] for
// everything and decide nothing themselves.
package ui

package shared

// Accessibility is the accessibility statement.
type Accessibility struct{ Brand Brand }

// Head tells the frame.
func (Accessibility) Head() Head { return Head{Title: "Accessibility statement"} }

// Privacy is the privacy notice.
type Privacy struct{ Brand Brand }

// Head tells the frame.
func (Privacy) Head() Head { return Head{Title: "Privacy"} }

// Cookies says which cookies are set.
type Cookies struct{ Brand Brand }

// Head tells the frame.
func (Cookies) Head() Head { return Head{Title: "Cookies"} }

// Terms are the terms of use.
type Terms struct{ Brand Brand }

// Head tells the frame.
func (Terms) Head() Head { return Head{Title: "Terms and conditions"} }

// Contact says where people get help.
type Contact struct{ Brand Brand }

// Head tells the frame.
func (Contact) Head() Head { return Head{Title: "Contact us"} }

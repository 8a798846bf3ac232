"use strict";
// A link is used up by sending its form, which those who only look at links do not.
document.getElementById("enter").submit();

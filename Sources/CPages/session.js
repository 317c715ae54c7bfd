// Brings the page of a session to life; SessionPage.swift names the elements.
"use strict";

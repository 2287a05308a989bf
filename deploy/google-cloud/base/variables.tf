# What the roots vm and cloud-run hand in; they validate it.
variable "project" { type = string }
variable "region" { type = string }
variable "mail" { type = string }
variable "secrets" { type = set(string) }
variable "billing_account" { type = string }
variable "budget" { type = number }
variable "image_tag" { type = string }

variable "way" {
  description = "The root's folder: vm or cloud-run."
  type        = string
}

variable "services" {
  description = "APIs that the root needs beside those of this module."
  type        = set(string)
}

variable "signs" {
  description = "Lines of the log that have to come: in which resource's, which, how often, and what is said if they do not."
  type = map(object({
    resource = string
    lines    = string
    within   = string
    missing  = string
  }))
}

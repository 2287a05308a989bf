variable "schedule" {
  description = "When a tick starts, in New York: hourly, or daily. What is due on Monday at nine is done by the first tick from then on."
  type        = string
  default     = "0 * * * *"
  validation {
    condition     = can(regex("^[0-9]{1,2} ([*]|[0-9]{1,2}) [*] [*] [*]$", var.schedule))
    error_message = "schedule must be hourly (0 * * * *) or daily (0 9 * * *)."
  }
}

variable "with_job" {
  description = "false at first: a job cannot be made before its image is in the registry and each secret has a value."
  type        = bool
  default     = true
}

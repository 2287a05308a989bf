variable "zone" {
  description = "The zone's letter."
  type        = string
  default     = "b"
  validation {
    condition     = can(regex("^[a-f]$", var.zone))
    error_message = "A zone's letter is one of a to f."
  }
}

variable "machine_type" {
  description = "e2-small has the 2 GB that all parts and a run need (docs/containers.md)."
  type        = string
  default     = "e2-small"
}

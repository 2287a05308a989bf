# The same in vm and cloud-run. What is of this way alone: own-variables.tf.

variable "project" {
  description = "The id of the project in Google Cloud; it has to exist, with billing."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project's id has 6 to 30 small letters, digits and hyphens."
  }
}

variable "region" {
  description = "Where everything lies; the free tiers are those of us-central1, us-east1 and us-west1."
  type        = string
  default     = "us-central1"
  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region is called like us-central1."
  }
}

variable "mail" {
  description = "Who is told when nothing runs any more, and of the budget."
  type        = string
  validation {
    condition     = can(regex("^[^@[:space:]]+@[^@[:space:]]+$", var.mail))
    error_message = "mail must be an e-mail address."
  }
}

variable "secrets" {
  description = "Which secrets there are, called as their settings (docs/settings.md)."
  type        = set(string)
  default     = ["TICKETMASTER_API_KEY", "SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "SHOWLIST_ACCOUNT_KEY"]
  validation {
    condition     = alltrue([for name in var.secrets : can(regex("^[A-Z][A-Z0-9_]+$", name))])
    error_message = "Secrets are called as their settings: SPOTIFY_CLIENT_SECRET."
  }
}

variable "billing_account" {
  description = "The id of the billing account, for a budget; without, there is none."
  type        = string
  default     = ""
  validation {
    condition     = can(regex("^([0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6})?$", var.billing_account))
    error_message = "gcloud billing accounts list shows ids like 012345-6789AB-CDEF01."
  }
}

variable "budget" {
  description = "Whole units of the billing account's currency a month, of which half and all are reported."
  type        = number
  default     = 20
  validation {
    condition     = var.budget >= 1 && floor(var.budget) == var.budget
    error_message = "budget must be a whole number, 1 or more."
  }
}

variable "image_tag" {
  description = "Which image of the registry runs."
  type        = string
  default     = "1"
  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag))
    error_message = "image_tag must be a tag, such as 1 or 2026-11-26."
  }
}
